#include "server/connection/time_limits.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

using Limit = TimeLimits::Limit;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kLimitTime{seconds(100)};

TEST(TimeLimits, AreNotDueUnlessTheyAreSet) {
    const TimeLimits limits;
    EXPECT_FALSE(limits.is_due(Limit::frame, kLimitTime));
    EXPECT_EQ(limits.next(), TimePoint::max());
}

TEST(TimeLimits, TellWhatIsDueAndWhatComesNext) {
    TimeLimits limits;
    limits.set(Limit::frame, kLimitTime + seconds(2));
    limits.set(Limit::block, kLimitTime + seconds(1));
    limits.set(Limit::backlog, std::nullopt);
    EXPECT_EQ(limits.next(), kLimitTime + seconds(1));
    EXPECT_FALSE(limits.is_due(Limit::block, kLimitTime));
    EXPECT_TRUE(limits.is_due(Limit::block, kLimitTime + seconds(1)));
    EXPECT_FALSE(limits.is_due(Limit::frame, kLimitTime + seconds(1)));
    EXPECT_FALSE(limits.is_due(Limit::backlog, TimePoint::max() - seconds(1)));
}

TEST(TimeLimits, GiveALongFrameMoreTime) {
    EXPECT_EQ(TimeLimits::frame_end(kLimitTime, 10, seconds(30)), kLimitTime + seconds(30));
    EXPECT_EQ(TimeLimits::frame_end(kLimitTime, 10 * 1'024, seconds(30)), kLimitTime + seconds(40));
}

TEST(LimitTimer, LeavesWhatIsFarAwayToTheRound) {
    LimitTimer timer;
    EXPECT_EQ(timer.watch(kLimitTime + seconds(1), kLimitTime), std::nullopt);
    EXPECT_EQ(timer.watch(TimePoint::max(), kLimitTime), std::nullopt);
    EXPECT_EQ(
        timer.watch(kLimitTime + milliseconds(999), kLimitTime), kLimitTime + milliseconds(999)
    );
}

TEST(LimitTimer, MovesOnlyForwards) {
    LimitTimer timer;
    EXPECT_EQ(
        timer.watch(kLimitTime + milliseconds(500), kLimitTime), kLimitTime + milliseconds(500)
    );
    EXPECT_EQ(timer.watch(kLimitTime + milliseconds(600), kLimitTime), std::nullopt);
    EXPECT_EQ(
        timer.watch(kLimitTime + milliseconds(400), kLimitTime), kLimitTime + milliseconds(400)
    );
    timer.expired();
    EXPECT_EQ(
        timer.watch(kLimitTime + milliseconds(600), kLimitTime), kLimitTime + milliseconds(600)
    );
}

TEST(LimitTimer, RunsNotBeforeAGrain) {
    LimitTimer timer;
    EXPECT_EQ(timer.watch(kLimitTime - seconds(5), kLimitTime), kLimitTime + LimitTimer::kGrain);
}

}  // namespace
}  // namespace telex::server
