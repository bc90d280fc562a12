#pragma once
// A log-linear histogram of times. Each power of two has 64 equal buckets, so that the error of a
// percentile is below 1.6 %. Recording does not allocate.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::cli {

// Not thread-safe: use one per thread and merge them.
class Histogram {
public:
    Histogram();

    void record(std::chrono::nanoseconds time);
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }

    // Exact.
    std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }

    // Returns the time that `share` (0 to 1) of the recorded times do not exceed; 0 if there are
    // none.
    std::chrono::nanoseconds percentile(double share) const;

private:
    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t largest_in(std::size_t bucket);

    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    std::int64_t max_ = 0;
};

}  // namespace telex::cli
