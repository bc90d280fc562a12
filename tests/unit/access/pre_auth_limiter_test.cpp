#include "access/pre_auth_limiter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::access {
namespace {

using std::chrono::seconds;

constexpr PreAuthLimiter::TimePoint kArrival{std::chrono::hours(1)};

TEST(PreAuthLimiter, LeavesRoomForOtherNetworks) {
    PreAuthLimiter limiter(8);
    EXPECT_TRUE(limiter.enter("crowd"));
    EXPECT_TRUE(limiter.enter("crowd"));
    EXPECT_FALSE(limiter.enter("crowd")) << "a quarter is for one network";
    EXPECT_TRUE(limiter.enter("other"));
    limiter.leave("crowd");
    EXPECT_TRUE(limiter.enter("crowd"));
}

TEST(PreAuthLimiter, LimitsAllPeersTogether) {
    PreAuthLimiter limiter(8);
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(limiter.enter(std::to_string(i)));
    }
    EXPECT_FALSE(limiter.enter("9"));
    EXPECT_FALSE(limiter.enter("")) << "nor those without a network";
    limiter.leave("0");
    EXPECT_TRUE(limiter.enter(""));
    limiter.leave("");
    EXPECT_TRUE(limiter.enter("9"));
}

TEST(PreAuthLimiter, PeersWithoutANetworkHaveOnlyTheCommonLimit) {
    PreAuthLimiter limiter(8);
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(limiter.enter(""));
    }
    EXPECT_FALSE(limiter.enter(""));
}

TEST(PreAuthLimiter, DelaysANetworkAfterFailures) {
    PreAuthLimiter limiter(8);
    for (std::uint32_t i = 0; i < PreAuthLimiter::kFailures; ++i) {
        EXPECT_TRUE(limiter.may_try("a", kArrival)) << i;
        limiter.has_failed("a", kArrival);
    }
    EXPECT_FALSE(limiter.may_try("a", kArrival));
    EXPECT_TRUE(limiter.may_try("b", kArrival)) << "only its own";
    EXPECT_TRUE(limiter.may_try("", kArrival));
    const auto later = kArrival + PreAuthLimiter::kForgiveness + seconds(1);
    EXPECT_TRUE(limiter.may_try("a", later)) << "one is forgiven";
    limiter.has_failed("a", later);
    EXPECT_FALSE(limiter.may_try("a", later));
    EXPECT_TRUE(limiter.may_try("a", kArrival + seconds(1'000)));
}

TEST(PreAuthLimiter, DoesNotDelayPeersWithoutANetwork) {
    PreAuthLimiter limiter(8);
    for (int i = 0; i < 100; ++i) {
        limiter.has_failed("", kArrival);
    }
    EXPECT_TRUE(limiter.may_try("", kArrival));
}

// The one that failed the most stays in memory, however many others fail once.
TEST(PreAuthLimiter, KeepsTheNetworkWithTheMostFailures) {
    PreAuthLimiter limiter(8);
    for (int i = 0; i < 100; ++i) {
        limiter.has_failed("worst", kArrival);
    }
    for (std::size_t i = 0; i < 2 * PreAuthLimiter::kMostSources; ++i) {
        limiter.has_failed(std::to_string(i), kArrival);
    }
    EXPECT_FALSE(limiter.may_try("worst", kArrival));
}

}  // namespace
}  // namespace telex::access
