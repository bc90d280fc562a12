#include "client/leaving.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace telex::client {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kDrainBegin{100s};

TEST(Leaving, HasNoDeadlineBeforeItBegins) {
    Leaving leaving;
    leaving.update(kDrainBegin, false);
    EXPECT_FALSE(leaving.begun());
    EXPECT_FALSE(leaving.sends());
    EXPECT_FALSE(leaving.deadline());
}

TEST(Leaving, WithoutWorkLastsAMoment) {
    Leaving leaving;
    leaving.begin(kDrainBegin, true);
    for (const auto later : {0s, 1s}) {
        leaving.update(kDrainBegin + later, false);
        EXPECT_FALSE(leaving.sends());
        EXPECT_EQ(leaving.deadline(), kDrainBegin + Leaving::kMoment);
    }
}

TEST(Leaving, LastsUntilTheWorkIsDone) {
    Leaving leaving;
    leaving.begin(kDrainBegin, true);
    for (const auto later : {0s, 5s}) {
        leaving.update(kDrainBegin + later, true);
        EXPECT_TRUE(leaving.sends());
        EXPECT_EQ(leaving.deadline(), kDrainBegin + Leaving::kLongest);
    }
    leaving.update(kDrainBegin + 5s, false);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kDrainBegin + 5s + Leaving::kMoment);
}

TEST(Leaving, IsNotPutOffByRequestsThatArriveLater) {
    Leaving leaving;
    leaving.begin(kDrainBegin, true);
    leaving.update(kDrainBegin, false);
    leaving.update(kDrainBegin + 1s, true);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kDrainBegin + Leaving::kMoment);
}

TEST(Leaving, IsShortIfTheServerTakesNoReplies) {
    Leaving leaving;
    leaving.begin(kDrainBegin, false);
    leaving.update(kDrainBegin, true);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kDrainBegin + Leaving::kMoment);
}

// Goodbye, and then an Error that closes the connection.
TEST(Leaving, EndsWhenTheServerStopsToTakeReplies) {
    Leaving leaving;
    leaving.begin(kDrainBegin, true);
    leaving.update(kDrainBegin, true);
    leaving.begin(kDrainBegin + 1s, false);
    leaving.update(kDrainBegin + 1s, true);
    EXPECT_FALSE(leaving.sends());
    EXPECT_EQ(leaving.deadline(), kDrainBegin + 1s + Leaving::kMoment);
}

TEST(Leaving, IsNoLongerIfTheServerRepeatsItself) {
    for (const bool busy : {true, false}) {
        Leaving leaving;
        leaving.begin(kDrainBegin, true);
        leaving.update(kDrainBegin, busy);
        const auto deadline = leaving.deadline();
        leaving.begin(kDrainBegin + 1s, true);
        leaving.update(kDrainBegin + 1s, busy);
        EXPECT_EQ(leaving.deadline(), deadline);
    }
}

TEST(Leaving, BeginsAnewWithEachConnection) {
    Leaving leaving;
    leaving.begin(kDrainBegin, false);
    leaving.update(kDrainBegin, false);
    leaving.reset();
    EXPECT_FALSE(leaving.begun());
    leaving.begin(kDrainBegin + 9s, true);
    leaving.update(kDrainBegin + 9s, true);
    EXPECT_TRUE(leaving.sends());
}

}  // namespace
}  // namespace telex::client
