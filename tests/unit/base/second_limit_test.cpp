#include "base/second_limit.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace telex {
namespace {

TEST(SecondLimitTest, ReportsSuppressedEventsWithTheNextAccepted) {
    SecondLimit limit;
    TimePoint now{std::chrono::hours(1)};
    std::uint64_t suppressed = 7;
    EXPECT_TRUE(limit.admit(2, suppressed, now));
    EXPECT_EQ(suppressed, 0U);
    EXPECT_TRUE(limit.admit(2, suppressed, now));
    EXPECT_FALSE(limit.admit(2, suppressed, now));
    EXPECT_FALSE(limit.admit(2, suppressed, now + std::chrono::milliseconds(999)));
    EXPECT_TRUE(limit.admit(2, suppressed, now + std::chrono::seconds(1)));
    EXPECT_EQ(suppressed, 2U);
}

}  // namespace
}  // namespace telex
