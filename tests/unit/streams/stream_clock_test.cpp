#include "streams/stream_clock.hpp"

#include "simulation_seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

constexpr Time kNoon{500'000h};
constexpr TimePoint kStart{1h};

TEST(StreamClock, FollowsTheTimeOfDay) {
    StreamClock clock(std::nullopt);
    EXPECT_EQ(clock.read(kNoon, kStart).now, kNoon);
    EXPECT_EQ(clock.read(kNoon + 10s, kStart + 10s).now, kNoon + 10s);
    EXPECT_EQ(clock.read(kNoon + 40s, kStart + 11s).now, kNoon + 40s);  // less than a jump
}

TEST(StreamClock, GoesOnAtHalfSpeedAfterAStepBack) {
    StreamClock clock(std::nullopt);
    clock.read(kNoon, kStart);
    EXPECT_EQ(clock.read(kNoon - 1h, kStart + 10s).now, kNoon + 5s);
    EXPECT_EQ(clock.read(kNoon - 1h + 3h, kStart + 10s + 3h).now, kNoon + 2h);  // caught up
}

TEST(StreamClock, BelievesAJumpForwardAfterTenMinutes) {
    StreamClock clock(std::nullopt);
    clock.read(kNoon, kStart);
    EXPECT_EQ(clock.read(kNoon + 24h + 1s, kStart + 1s).now, kNoon + 1s);
    EXPECT_EQ(clock.read(kNoon + 24h + 10min, kStart + 10min).now, kNoon + 10min);
    EXPECT_EQ(clock.read(kNoon + 24h + 11min, kStart + 11min).now, kNoon + 24h + 11min);
}

TEST(StreamClock, ForgetsAJumpThatWasCorrected) {
    StreamClock clock(std::nullopt);
    clock.read(kNoon, kStart);
    clock.read(kNoon + 24h, kStart + 1s);
    EXPECT_EQ(clock.read(kNoon + 5min, kStart + 5min).now, kNoon + 5min);
    EXPECT_EQ(clock.read(kNoon + 24h, kStart + 12min).now, kNoon + 12min);
}

TEST(StreamClock, DoesNotExpireAtOnceByTheTimeOfAStop) {
    StreamClock clock(kNoon);
    const StreamTimes first = clock.read(kNoon + 240h, kStart);
    EXPECT_EQ(first.now, kNoon + 240h);
    EXPECT_EQ(first.expiry, kNoon);
    EXPECT_EQ(clock.read(kNoon + 240h + 5min, kStart + 5min).expiry, kNoon + 5min);
    const StreamTimes later = clock.read(kNoon + 240h + 10min, kStart + 10min);
    EXPECT_EQ(later.expiry, later.now);
}

TEST(StreamClock, StartsNotBeforeTheNewestRecord) {
    StreamClock clock(kNoon);
    EXPECT_EQ(clock.read(Time{}, kStart).now, kNoon);
    EXPECT_EQ(clock.read(Time{} + 10s, kStart + 10s).now, kNoon + 5s);
}

// Errors of the time of day that are corrected within the grace: no result is ahead of the true
// time by more than a minute, and none goes back.
TEST(StreamClock, IsNeverMisledByShortErrors) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        test::Dice dice(seed);
        StreamClock clock(std::nullopt);
        Duration passed{};
        Duration error{};
        Duration error_left{};
        StreamTimes last = clock.read(kNoon, kStart);
        for (int step = 0; step < 300; ++step) {
            const Duration stride = 1s * dice.below(60);
            passed += stride;
            error_left -= stride;
            if (error_left <= Duration{}) {
                const bool was_right = error == Duration{};
                error = Duration{};
                if (was_right && dice.one_in(5)) {
                    error = 1h * dice.below(100'000) * (dice.one_in(2) ? 1 : -1);
                    error_left = 1s * dice.below(500);
                }
            }
            const StreamTimes times = clock.read(kNoon + passed + error, kStart + passed);
            ASSERT_GE(times.now, last.now);
            ASSERT_GE(times.expiry, last.expiry);
            ASSERT_LE(times.now, kNoon + passed + StreamClock::kBelievedJump);
            ASSERT_GE(times.now, kNoon + passed / 2);
            last = times;
        }
    }
}

}  // namespace
}  // namespace telex::streams
