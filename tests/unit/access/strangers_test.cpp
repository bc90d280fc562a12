#include "access/strangers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::access {
namespace {

using std::chrono::seconds;

constexpr Strangers::TimePoint kArrival{std::chrono::hours(1)};

TEST(Strangers, LeaveRoomForOtherNetworks) {
    Strangers strangers(8);
    EXPECT_TRUE(strangers.enter("crowd"));
    EXPECT_TRUE(strangers.enter("crowd"));
    EXPECT_FALSE(strangers.enter("crowd")) << "a quarter is for one network";
    EXPECT_TRUE(strangers.enter("other"));
    strangers.leave("crowd");
    EXPECT_TRUE(strangers.enter("crowd"));
}

TEST(Strangers, AreNotMoreThanThereArePlaces) {
    Strangers strangers(8);
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(strangers.enter(std::to_string(i)));
    }
    EXPECT_FALSE(strangers.enter("9"));
    EXPECT_FALSE(strangers.enter("")) << "nor those without a network";
    strangers.leave("0");
    EXPECT_TRUE(strangers.enter(""));
    strangers.leave("");
    EXPECT_TRUE(strangers.enter("9"));
}

TEST(Strangers, WithoutANetworkShareNothingButTheWhole) {
    Strangers strangers(8);
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(strangers.enter(""));
    }
    EXPECT_FALSE(strangers.enter(""));
}

TEST(Strangers, MayFailSoOftenAndThenWait) {
    Strangers strangers(8);
    for (std::uint32_t i = 0; i < Strangers::kFailures; ++i) {
        EXPECT_TRUE(strangers.may_try("a", kArrival)) << i;
        strangers.has_failed("a", kArrival);
    }
    EXPECT_FALSE(strangers.may_try("a", kArrival));
    EXPECT_TRUE(strangers.may_try("b", kArrival)) << "only its own";
    EXPECT_TRUE(strangers.may_try("", kArrival));
    const auto later = kArrival + Strangers::kForgiveness + seconds(1);
    EXPECT_TRUE(strangers.may_try("a", later)) << "one is forgiven";
    strangers.has_failed("a", later);
    EXPECT_FALSE(strangers.may_try("a", later));
    EXPECT_TRUE(strangers.may_try("a", kArrival + seconds(1'000)));
}

TEST(Strangers, WithoutANetworkAreNeverPunished) {
    Strangers strangers(8);
    for (int i = 0; i < 100; ++i) {
        strangers.has_failed("", kArrival);
    }
    EXPECT_TRUE(strangers.may_try("", kArrival));
}

// The one that failed the most stays in memory, however many others fail once.
TEST(Strangers, OfManyNetworksTheWorstAreRemembered) {
    Strangers strangers(8);
    for (int i = 0; i < 100; ++i) {
        strangers.has_failed("worst", kArrival);
    }
    for (std::size_t i = 0; i < 2 * Strangers::kMostSources; ++i) {
        strangers.has_failed(std::to_string(i), kArrival);
    }
    EXPECT_FALSE(strangers.may_try("worst", kArrival));
}

}  // namespace
}  // namespace telex::access
