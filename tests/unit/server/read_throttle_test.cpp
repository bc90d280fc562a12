#include "server/connection/read_throttle.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ReadThrottleTest : public ::testing::Test {
protected:
    ReadThrottleTest() { user_.usage = std::make_shared<access::Usage>(); }

    access::User user_;
    ReadThrottle throttle_;
    std::uint64_t throttled_ = 0;
    TimePoint now_{seconds(100)};
};

TEST_F(ReadThrottleTest, AppliesToUsersWithARate) {
    EXPECT_FALSE(ReadThrottle::applies_to(nullptr));
    EXPECT_FALSE(ReadThrottle::applies_to(&user_));
    user_.limits.bytes_per_second = 1'000;
    EXPECT_TRUE(ReadThrottle::applies_to(&user_));
}

TEST_F(ReadThrottleTest, LeavesUsersWithoutARateAlone) {
    throttle_.frame_received(nullptr, now_, throttled_);
    EXPECT_FALSE(throttle_.is_active(now_));
    throttle_.bytes_received(nullptr, 1'000'000, now_, throttled_);
    EXPECT_FALSE(throttle_.is_active(now_));
    throttle_.frame_received(&user_, now_, throttled_);
    EXPECT_FALSE(throttle_.is_active(now_));
    throttle_.bytes_received(&user_, 1'000'000, now_, throttled_);
    EXPECT_FALSE(throttle_.is_active(now_));
}

TEST_F(ReadThrottleTest, PassesTheFramesOfOneSecondAndOneInDebt) {
    user_.limits.frames_per_second = 10;
    for (int frame = 0; frame < 10; ++frame) {
        throttle_.frame_received(&user_, now_, throttled_);
        EXPECT_FALSE(throttle_.is_active(now_));
    }
    throttle_.frame_received(&user_, now_, throttled_);
    EXPECT_TRUE(throttle_.is_active(now_));
    EXPECT_EQ(throttled_, 1U);
    EXPECT_EQ(throttle_.until(), now_ + milliseconds(100));
    EXPECT_FALSE(throttle_.is_active(throttle_.until()));
}

TEST_F(ReadThrottleTest, TakesTheLongerOfTwoWaits) {
    user_.limits.bytes_per_second = 1'000;
    user_.limits.frames_per_second = 1;
    throttle_.bytes_received(&user_, 1'000'000, now_, throttled_);
    EXPECT_TRUE(throttle_.is_active(now_));
    const auto for_bytes = throttle_.until();
    throttle_.frame_received(&user_, now_, throttled_);
    EXPECT_EQ(throttled_, 1U);
    throttle_.frame_received(&user_, now_, throttled_);
    EXPECT_EQ(throttled_, 2U);
    EXPECT_EQ(throttle_.until(), for_bytes);
}

// All connections of a user share its rate.
TEST_F(ReadThrottleTest, CountsWhatOtherConnectionsOfTheUserReceived) {
    user_.limits.frames_per_second = 1;
    ReadThrottle other;
    other.frame_received(&user_, now_, throttled_);
    EXPECT_FALSE(other.is_active(now_));
    throttle_.frame_received(&user_, now_, throttled_);
    EXPECT_TRUE(throttle_.is_active(now_));
}

TEST_F(ReadThrottleTest, ReadsNoMoreThanTheRateAllows) {
    EXPECT_EQ(ReadThrottle::max_read(nullptr, now_), SIZE_MAX);
    EXPECT_EQ(ReadThrottle::max_read(&user_, now_), SIZE_MAX);
    user_.limits.bytes_per_second = 10'000;
    EXPECT_EQ(ReadThrottle::max_read(&user_, now_), 10'000U);
    throttle_.bytes_received(&user_, 4'000, now_, throttled_);
    EXPECT_FALSE(throttle_.is_active(now_));
    EXPECT_EQ(ReadThrottle::max_read(&user_, now_), 6'000U);
    throttle_.bytes_received(&user_, 5'999, now_, throttled_);
    EXPECT_FALSE(throttle_.is_active(now_));
    EXPECT_EQ(ReadThrottle::max_read(&user_, now_), ReadThrottle::kMinRead);
}

}  // namespace
}  // namespace telex::server
