#include "access/pre_auth_limiter.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::access {
namespace {

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

}  // namespace
}  // namespace telex::access
