#pragma once
// A log-linear histogram of times: each power of two is cut into 64 equal parts, so that a
// percentile is wrong by less than 1.6 % at most, and recording costs no allocation.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::cli {

// Used by one thread; several are merged at the end.
class Histogram {
public:
    Histogram();

    void record(std::chrono::nanoseconds time);
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }

    // Exact.
    std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }

    // The time that `share` (0 to 1) of the recorded ones do not exceed; 0 when there are none.
    std::chrono::nanoseconds percentile(double share) const;

private:
    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t largest_in(std::size_t bucket);

    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    std::int64_t max_ = 0;
};

}  // namespace telex::cli
