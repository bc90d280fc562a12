#include "exchange/duration_histogram.hpp"

#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

using std::chrono::microseconds;

std::size_t part_of(std::chrono::nanoseconds duration) {
    DurationHistogram histogram;
    histogram.add(duration);
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        if (histogram.counts[i] == 1) {
            return i;
        }
    }
    return SIZE_MAX;
}

TEST(DurationHistogram, AnUpperEndBelongsToItsPart) {
    for (std::size_t i = 0; i < DurationHistogram::kBounds; ++i) {
        EXPECT_EQ(part_of(DurationHistogram::bound(i)), i);
        EXPECT_EQ(part_of(DurationHistogram::bound(i) + microseconds(1)), i + 1);
    }
}

TEST(DurationHistogram, ThereIsNothingBeforeTheFirstPartOrBehindTheLast) {
    EXPECT_EQ(part_of(microseconds(-5)), 0U) << "a clock that seems to run backwards";
    EXPECT_EQ(part_of(microseconds(0)), 0U);
    EXPECT_EQ(part_of(std::chrono::hours(24)), DurationHistogram::kBounds);
}

TEST(DurationHistogram, KeepsTheSum) {
    DurationHistogram histogram;
    histogram.add(microseconds(100));
    histogram.add(microseconds(23));
    EXPECT_EQ(histogram.sum_microseconds, 123U);
}

}  // namespace
}  // namespace telex::exchange
