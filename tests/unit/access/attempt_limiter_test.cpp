#include "access/attempt_limiter.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::access {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kFirstAttempt{std::chrono::hours(1)};

// Uses up what all sources may fail at once.
void fail_at_once(AttemptLimiter& limiter) {
    for (std::uint32_t i = 0; i < AttemptLimiter::kFailuresAtOnce; ++i) {
        ASSERT_TRUE(limiter.may_try("", kFirstAttempt)) << i;
        limiter.has_failed("", kFirstAttempt);
    }
}

TEST(AttemptLimiter, DelaysASourceAfterFailures) {
    AttemptLimiter limiter;
    for (std::uint32_t i = 0; i < AttemptLimiter::kFailures; ++i) {
        EXPECT_TRUE(limiter.may_try("a", kFirstAttempt)) << i;
        limiter.has_failed("a", kFirstAttempt);
    }
    EXPECT_FALSE(limiter.may_try("a", kFirstAttempt));
    EXPECT_FALSE(limiter.take_turn("a", kFirstAttempt));
    EXPECT_TRUE(limiter.may_try("b", kFirstAttempt)) << "only its own";
    EXPECT_TRUE(limiter.may_try("", kFirstAttempt));
    const auto later = kFirstAttempt + AttemptLimiter::kForgiveness + seconds(1);
    EXPECT_TRUE(limiter.may_try("a", later)) << "one is forgiven";
    limiter.has_failed("a", later);
    EXPECT_FALSE(limiter.may_try("a", later));
    EXPECT_TRUE(limiter.may_try("a", kFirstAttempt + seconds(1'000)));
}

// The one that failed the most stays in memory, however many others fail once.
TEST(AttemptLimiter, KeepsTheSourceWithTheMostFailures) {
    AttemptLimiter limiter;
    for (int i = 0; i < 100; ++i) {
        limiter.has_failed("worst", kFirstAttempt);
    }
    for (std::size_t i = 0; i < 2 * AttemptLimiter::kMostSources; ++i) {
        limiter.has_failed(std::to_string(i), kFirstAttempt);
    }
    EXPECT_FALSE(limiter.take_turn("worst", kFirstAttempt));
}

TEST(AttemptLimiter, DelaysNoAttemptWithoutFailures) {
    AttemptLimiter limiter;
    for (int i = 0; i < 100'000; ++i) {
        const auto turn = limiter.take_turn("", kFirstAttempt);
        ASSERT_TRUE(turn);
        EXPECT_EQ(turn->at, kFirstAttempt);
        EXPECT_FALSE(turn->reserved);
    }
}

TEST(AttemptLimiter, BoundsTheFailuresOfAllSources) {
    AttemptLimiter limiter;
    fail_at_once(limiter);
    EXPECT_FALSE(limiter.may_try("", kFirstAttempt));
    EXPECT_FALSE(limiter.may_try("other", kFirstAttempt));
    EXPECT_TRUE(limiter.may_try("", kFirstAttempt + milliseconds(2)));
    int failed = 0;
    for (auto now = kFirstAttempt; now < kFirstAttempt + seconds(10); now += milliseconds(1)) {
        while (limiter.may_try("", now)) {
            limiter.has_failed("", now);
            ++failed;
        }
    }
    EXPECT_NEAR(failed, 10 * int{AttemptLimiter::kFailuresPerSecond}, 10);
}

TEST(AttemptLimiter, LetsAttemptsWaitInTheirOrder) {
    AttemptLimiter limiter;
    fail_at_once(limiter);
    auto last = kFirstAttempt;
    int waiting = 0;
    while (const auto turn = limiter.take_turn("", kFirstAttempt)) {
        ASSERT_TRUE(turn->reserved);
        EXPECT_GT(turn->at, last);
        last = turn->at;
        ++waiting;
    }
    EXPECT_NEAR(waiting, int{AttemptLimiter::kFailuresPerSecond}, 10) << "at most a second";
    EXPECT_LE(last, kFirstAttempt + AttemptLimiter::kLongestWait);
    limiter.give_back_turn();
    EXPECT_TRUE(limiter.take_turn("", kFirstAttempt));
    EXPECT_FALSE(limiter.take_turn("", kFirstAttempt));
}

// The failure of an attempt that has waited is paid by the wait.
TEST(AttemptLimiter, CountsAReservedTurnOnce) {
    AttemptLimiter limiter;
    fail_at_once(limiter);
    const auto first = limiter.take_turn("", kFirstAttempt);
    ASSERT_TRUE(first);
    limiter.has_failed("", first->at, first->reserved);
    const auto second = limiter.take_turn("", kFirstAttempt);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->at - first->at, milliseconds(1'000 / AttemptLimiter::kFailuresPerSecond));
}

}  // namespace
}  // namespace telex::access
