#include "access/rate_meter.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace telex::access {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{std::chrono::hours(1)};

TEST(RateMeter, GivesWhatOneSecondBringsAtOnce) {
    RateMeter meter;
    EXPECT_EQ(meter.draw(60, 100, kStart), nanoseconds(0));
    EXPECT_EQ(meter.draw(40, 100, kStart), nanoseconds(0));
    EXPECT_EQ(meter.draw(1, 100, kStart), milliseconds(10));
    EXPECT_EQ(meter.draw(99, 100, kStart), seconds(1)) << "debts add up";
}

TEST(RateMeter, SavesNoMoreThanThat) {
    RateMeter meter;
    EXPECT_EQ(meter.draw(100, 100, kStart + std::chrono::hours(24)), nanoseconds(0));
    EXPECT_EQ(meter.draw(100, 100, kStart + std::chrono::hours(24)), seconds(1));
}

TEST(RateMeter, IsPaidByTime) {
    RateMeter meter;
    EXPECT_EQ(meter.draw(200, 100, kStart), seconds(1));
    EXPECT_EQ(meter.draw(0, 100, kStart + milliseconds(400)), milliseconds(600));
    EXPECT_EQ(meter.draw(0, 100, kStart + seconds(1)), nanoseconds(0));
    EXPECT_EQ(meter.draw(1, 100, kStart + seconds(1)), milliseconds(10)) << "nothing was saved yet";
}

TEST(RateMeter, TellsWhatIsLeft) {
    RateMeter meter;
    EXPECT_EQ(meter.available(100, kStart), 100U);
    EXPECT_EQ(meter.draw(60, 100, kStart), nanoseconds(0));
    EXPECT_EQ(meter.available(100, kStart), 40U);
    EXPECT_EQ(meter.draw(60, 100, kStart), milliseconds(200));
    EXPECT_EQ(meter.available(100, kStart), 0U) << "not a negative number";
    EXPECT_EQ(meter.available(100, kStart + milliseconds(300)), 10U);
    EXPECT_EQ(meter.available(100, kStart + std::chrono::hours(1)), 100U);
}

// Waiting for the returned time yields exactly the rate.
TEST(RateMeter, KeepsTheRateInTheLongRun) {
    RateMeter meter;
    TimePoint now = kStart;
    std::uint64_t drawn = 0;
    while (drawn < 100'000) {
        now += meter.draw(777, 1'000, now);
        drawn += 777;
    }
    const auto took = std::chrono::duration_cast<milliseconds>(now - kStart).count();
    EXPECT_GE(took, 98'000);
    EXPECT_LE(took, 100'000);
}

TEST(RateMeter, CountsEachOfManyThreads) {
    RateMeter meter;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 1'000; ++j) {
                meter.draw(1, 1'000, kStart);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(meter.draw(0, 1'000, kStart), seconds(3));
}

}  // namespace
}  // namespace telex::access
