#include "cli/bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace telex::cli {
namespace {

constexpr unsigned kPartBits = 6;
constexpr std::uint64_t kParts = std::uint64_t{1} << kPartBits;
// One bucket for each value below kParts, then kParts buckets for each power of two.
constexpr std::size_t kBuckets = kParts * (64 - kPartBits + 1);

}  // namespace

Histogram::Histogram() : buckets_(kBuckets) {}

std::size_t Histogram::bucket_of(std::uint64_t value) {
    if (value < kParts) {
        return value;
    }
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kPartBits;
    return (shift + 1) * kParts + (value >> shift) - kParts;
}

std::uint64_t Histogram::largest_in(std::size_t bucket) {
    if (bucket < kParts) {
        return bucket;
    }
    const std::size_t shift = bucket / kParts - 1;
    const std::uint64_t first = (bucket % kParts + kParts) << shift;
    return first + ((std::uint64_t{1} << shift) - 1);
}

void Histogram::record(std::chrono::nanoseconds time) {
    const std::int64_t value = std::max<std::int64_t>(time.count(), 0);
    ++buckets_[bucket_of(static_cast<std::uint64_t>(value))];
    ++count_;
    max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < kBuckets; ++i) {
        buckets_[i] += other.buckets_[i];
    }
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds Histogram::percentile(double share) const {
    if (count_ == 0) {
        return std::chrono::nanoseconds(0);
    }
    const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
    const auto rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += buckets_[i];
        if (seen >= rank) {
            const auto upper = static_cast<std::int64_t>(largest_in(i));
            return std::chrono::nanoseconds(std::min(upper, max_));
        }
    }
    return max();
}

}  // namespace telex::cli
