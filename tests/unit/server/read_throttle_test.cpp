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
    TimePoint now_{seconds(100)};
};

TEST_F(ReadThrottleTest, LeavesUsersWithoutARateAlone) {
    EXPECT_FALSE(throttle_.received(nullptr, 1'000'000, 1'000'000, now_));
    EXPECT_FALSE(throttle_.received(&user_, 1'000'000, 1'000'000, now_));
    EXPECT_FALSE(throttle_.is_active(now_));
}

TEST_F(ReadThrottleTest, WaitsUntilTheRateAllowsMore) {
    user_.limits.frames_per_second = 10;
    EXPECT_TRUE(throttle_.received(&user_, 1'000, 1, now_));
    EXPECT_GT(throttle_.until(), now_);
    EXPECT_TRUE(throttle_.is_active(now_));
    EXPECT_FALSE(throttle_.is_active(throttle_.until()));
}

TEST_F(ReadThrottleTest, TakesTheLongerOfTwoWaits) {
    user_.limits.bytes_per_second = 1'000;
    EXPECT_TRUE(throttle_.received(&user_, 1, 1'000'000, now_));
    const auto for_bytes = throttle_.until();
    user_.usage = std::make_shared<access::Usage>();
    user_.limits.frames_per_second = 1'000'000;
    EXPECT_TRUE(throttle_.received(&user_, 1, 1'000'000, now_));
    EXPECT_EQ(throttle_.until(), for_bytes);
}

// All connections of a user share its rate.
TEST_F(ReadThrottleTest, CountsWhatOtherConnectionsOfTheUserReceived) {
    user_.limits.frames_per_second = 10;
    ReadThrottle other;
    EXPECT_TRUE(other.received(&user_, 1'000, 1, now_));
    EXPECT_TRUE(throttle_.received(&user_, 1, 1, now_));
}

}  // namespace
}  // namespace telex::server
