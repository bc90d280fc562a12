#include "cli/bench/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace telex::cli {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, IsExactForSmallValues) {
    Histogram histogram;
    for (int i = 1; i <= 10; ++i) {
        histogram.record(nanoseconds(i));
    }
    EXPECT_EQ(histogram.percentile(0.5), nanoseconds(5));
    EXPECT_EQ(histogram.percentile(0.9), nanoseconds(9));
    EXPECT_EQ(histogram.percentile(1.0), nanoseconds(10));
    EXPECT_EQ(histogram.percentile(0.0), nanoseconds(1));
}

TEST(Histogram, HasAnErrorBelowOneBucket) {
    std::mt19937_64 random(7);
    std::vector<std::int64_t> samples;
    Histogram histogram;
    for (int i = 0; i < 20000; ++i) {
        const auto value = static_cast<std::int64_t>(random() >> (random() % 50 + 10));
        samples.push_back(value);
        histogram.record(nanoseconds(value));
    }
    std::sort(samples.begin(), samples.end());
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank =
            static_cast<std::size_t>(std::ceil(share * static_cast<double>(samples.size())));
        const auto exact = static_cast<double>(samples[rank - 1]);
        const auto found = static_cast<double>(histogram.percentile(share).count());
        EXPECT_GE(found, exact) << share;
        EXPECT_LE(found, exact * (1 + 1.0 / 64) + 1) << share;
    }
}

TEST(Histogram, AcceptsTheMaximumTime) {
    Histogram histogram;
    histogram.record(nanoseconds::max());
    EXPECT_EQ(histogram.percentile(0.5), nanoseconds::max());
    EXPECT_EQ(histogram.max(), nanoseconds::max());
}

TEST(Histogram, CountsNegativeTimesAsZero) {
    Histogram histogram;
    histogram.record(nanoseconds(-5));
    EXPECT_EQ(histogram.count(), 1U);
    EXPECT_EQ(histogram.max(), nanoseconds(0));
}

TEST(Histogram, IsZeroWhenEmpty) {
    EXPECT_EQ(Histogram().percentile(0.99), nanoseconds(0));
}

TEST(Histogram, MergesCountsAndMaximum) {
    Histogram one;
    Histogram other;
    one.record(nanoseconds(10));
    other.record(nanoseconds(30));
    other.record(nanoseconds(20));
    one.merge(other);
    EXPECT_EQ(one.count(), 3U);
    EXPECT_EQ(one.percentile(0.5), nanoseconds(20));
    EXPECT_EQ(one.max(), nanoseconds(30));
}

}  // namespace
}  // namespace telex::cli
