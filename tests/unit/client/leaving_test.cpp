#include "client/leaving.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace telex::client {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{100s};

TEST(Leaving, HasNoDeadlineBeforeItBegins) {
    Leaving leaving;
    leaving.update(kStart, false);
    EXPECT_FALSE(leaving.begun());
    EXPECT_FALSE(leaving.sends());
    EXPECT_FALSE(leaving.deadline());
}

TEST(Leaving, WithoutWorkLastsAMoment) {
    Leaving leaving;
    leaving.begin(kStart, true);
    for (const auto later : {0s, 1s}) {
        leaving.update(kStart + later, false);
        EXPECT_FALSE(leaving.sends());
        EXPECT_EQ(leaving.deadline(), kStart + Leaving::kMoment);
    }
}

TEST(Leaving, LastsUntilTheWorkIsDone) {
    Leaving leaving;
    leaving.begin(kStart, true);
    for (const auto later : {0s, 5s}) {
        leaving.update(kStart + later, true);
        EXPECT_TRUE(leaving.sends());
        EXPECT_EQ(leaving.deadline(), kStart + Leaving::kLongest);
    }
    leaving.update(kStart + 5s, false);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kStart + 5s + Leaving::kMoment);
}

TEST(Leaving, IsNotPutOffByRequestsThatArriveLater) {
    Leaving leaving;
    leaving.begin(kStart, true);
    leaving.update(kStart, false);
    leaving.update(kStart + 1s, true);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kStart + Leaving::kMoment);
}

TEST(Leaving, IsShortIfTheServerTakesNoReplies) {
    Leaving leaving;
    leaving.begin(kStart, false);
    leaving.update(kStart, true);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kStart + Leaving::kMoment);
}

// Goodbye, and then an Error that closes the connection.
TEST(Leaving, EndsWhenTheServerStopsToTakeReplies) {
    Leaving leaving;
    leaving.begin(kStart, true);
    leaving.update(kStart, true);
    leaving.begin(kStart + 1s, false);
    leaving.update(kStart + 1s, true);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kStart + 1s + Leaving::kMoment);
}

TEST(Leaving, IsNoLongerIfTheServerRepeatsItself) {
    for (const bool busy : {true, false}) {
        Leaving leaving;
        leaving.begin(kStart, true);
        leaving.update(kStart, busy);
        const auto deadline = leaving.deadline();
        leaving.begin(kStart + 1s, true);
        leaving.update(kStart + 1s, busy);
        EXPECT_EQ(leaving.deadline(), deadline);
    }
}

TEST(Leaving, BeginsAnewWithEachConnection) {
    Leaving leaving;
    leaving.begin(kStart, false);
    leaving.update(kStart, false);
    leaving.reset();
    EXPECT_FALSE(leaving.begun());
    leaving.begin(kStart + 9s, true);
    leaving.update(kStart + 9s, true);
    EXPECT_TRUE(leaving.sends());
}

}  // namespace
}  // namespace telex::client
