#include "server/connection/slow_consumer_policy.hpp"

#include "base/time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace telex::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Action = SlowConsumerPolicy::Decision::Action;
using Load = SlowConsumerPolicy::Load;
using std::chrono::milliseconds;

constexpr auto kOfListener = v1::SLOW_POLICY_UNSPECIFIED;
constexpr broker::ClientId kFirst{0, 1, 1};
constexpr broker::ClientId kSecond{0, 2, 1};

SlowConsumerOptions options(
    v1::SlowPolicy policy, v1::SlowPolicy fallback = v1::SLOW_POLICY_DISCONNECT
) {
    return {
        .policy = policy,
        .fallback = fallback,
        .max_block = milliseconds(500),
        .max_pending_bytes = 1'000'000,
        .max_pending_age = milliseconds(2'000)
    };
}

Load load(std::size_t pending, std::size_t message = 1'000) {
    return {.pending = pending, .message = message, .limit = 1'000'000, .max_frame = 1'000'000};
}

SlowConsumerPolicy::Decision decide(
    v1::SlowPolicy listener, const Load& load, v1::SlowPolicy subscription = kOfListener
) {
    const SlowConsumerOptions chosen = options(listener);
    return SlowConsumerPolicy(chosen).decide(load, subscription);
}

TEST(SlowConsumerPolicy, AcceptsUpToTheLimit) {
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, load(999'000)).action, Action::accept);
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, load(999'001)).action, Action::disconnect);
}

TEST(SlowConsumerPolicy, AppliesTheListenersPolicy) {
    EXPECT_EQ(decide(v1::SLOW_POLICY_BLOCK, load(1'000'000)).action, Action::pause);
    EXPECT_EQ(decide(v1::SLOW_POLICY_DROP_NEWEST, load(1'000'000)).action, Action::drop_newest);
    EXPECT_EQ(decide(v1::SLOW_POLICY_DROP_OLDEST, load(1'000'000)).action, Action::drop_oldest);
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, load(1'000'000)).action, Action::disconnect);
}

TEST(SlowConsumerPolicy, PrefersThePolicyOfTheSubscription) {
    const auto decision =
        decide(v1::SLOW_POLICY_DISCONNECT, load(1'000'000), v1::SLOW_POLICY_DROP_NEWEST);
    EXPECT_EQ(decision.action, Action::drop_newest);
    EXPECT_EQ(decision.fault.reason, broker::DropReason::slow_newest);
    EXPECT_TRUE(decision.consumer_is_slow);
}

TEST(SlowConsumerPolicy, FreesWhatTheMessageNeeds) {
    EXPECT_EQ(decide(v1::SLOW_POLICY_DROP_OLDEST, load(999'900, 1'000)).bytes, 900U);
}

// A message as large as the limit can be sent to a consumer for which nothing waits.
TEST(SlowConsumerPolicy, AcceptsOneLongMessage) {
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, load(0, 5'000'000)).action, Action::accept);
    Load reduced = load(0, 100'000);
    reduced.limit = 64'000;
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, reduced).action, Action::disconnect);
}

TEST(SlowConsumerPolicy, DropsWhatTheListenerCannotWrite) {
    const auto decision = decide(v1::SLOW_POLICY_DISCONNECT, load(1, 5'000'000));
    EXPECT_EQ(decision.action, Action::drop_newest);
    EXPECT_EQ(decision.fault.reason, broker::DropReason::too_large);
    EXPECT_FALSE(decision.consumer_is_slow);
}

TEST(SlowConsumerPolicy, SlowsPublishersDownWhileMemoryIsTight) {
    Load tight = load(SlowConsumerPolicy::kTightBacklog + 1);
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, tight).action, Action::accept);
    tight.memory_tight = true;
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, tight).action, Action::pause);
    tight.pending = SlowConsumerPolicy::kTightBacklog;
    EXPECT_EQ(decide(v1::SLOW_POLICY_DISCONNECT, tight).action, Action::accept);
}

TEST(SlowConsumerPolicy, AcceptsFromAPublisherThatCannotBePausedWhileMemoryIsTight) {
    const SlowConsumerOptions chosen = options(v1::SLOW_POLICY_DISCONNECT);
    Load tight = load(SlowConsumerPolicy::kTightBacklog + 1);
    tight.memory_tight = true;
    EXPECT_EQ(
        SlowConsumerPolicy(chosen).decide_unpaused(tight, kOfListener).action, Action::accept
    );
}

TEST(SlowConsumerPolicy, FallsBackWhereThePublisherCannotBePaused) {
    const SlowConsumerOptions chosen = options(v1::SLOW_POLICY_BLOCK, v1::SLOW_POLICY_DROP_NEWEST);
    EXPECT_EQ(
        SlowConsumerPolicy(chosen).decide_unpaused(load(1'000'000), kOfListener).action,
        Action::drop_newest
    );
}

// It is bounded where it is under way.
TEST(SlowConsumerPolicy, TakesWhatPausedPublishersHadUnderWay) {
    EXPECT_EQ(decide(v1::SLOW_POLICY_BLOCK, load(50'000'000)).action, Action::pause);
}

TEST(SlowConsumerPolicy, BlocksAtItsLimit) {
    const SlowConsumerOptions blocking = options(v1::SLOW_POLICY_BLOCK);
    const SlowConsumerOptions other = options(v1::SLOW_POLICY_DROP_NEWEST);
    EXPECT_EQ(SlowConsumerPolicy::blocks_at(kOfListener, blocking), 1'000'000U);
    EXPECT_EQ(SlowConsumerPolicy::blocks_at(v1::SLOW_POLICY_DROP_OLDEST, blocking), 0U);
    EXPECT_EQ(SlowConsumerPolicy::blocks_at(kOfListener, other), 0U);
    EXPECT_EQ(SlowConsumerPolicy::blocks_at(v1::SLOW_POLICY_BLOCK, other), 1'000'000U);
}

// Its socket takes what it gets: another member would be disconnected for the same message.
TEST(SlowConsumerPolicy, SparesAMemberOfAQueueGroupThatLacksOnlyCredit) {
    Load waiting = load(1'000'000);
    waiting.waits_for_credit = true;
    const auto decision = decide(v1::SLOW_POLICY_DISCONNECT, waiting);
    EXPECT_EQ(decision.action, Action::drop_newest);
    EXPECT_FALSE(decision.consumer_is_slow);
}

class Blocking : public ::testing::Test {
protected:
    const SlowConsumerOptions options_ =
        options(v1::SLOW_POLICY_BLOCK, v1::SLOW_POLICY_DROP_OLDEST);
    SlowConsumerPolicy policy_{options_};
    TimePoint now_{milliseconds(10'000)};
};

TEST_F(Blocking, LastsAtMostMaxBlock) {
    EXPECT_EQ(policy_.block_end(), std::nullopt);
    EXPECT_TRUE(policy_.add_paused(kFirst, now_));
    EXPECT_FALSE(policy_.add_paused(kSecond, now_ + milliseconds(100)));
    EXPECT_TRUE(policy_.has_paused(kSecond));
    EXPECT_EQ(policy_.block_end(), now_ + milliseconds(500));
    EXPECT_EQ(policy_.blocked_for(now_ + milliseconds(300)), milliseconds(300));
    EXPECT_THAT(policy_.expire(), ElementsAre(kFirst, kSecond));
    EXPECT_FALSE(policy_.is_blocking());
    EXPECT_EQ(policy_.decide(load(1'000'000), kOfListener).action, Action::drop_oldest);
}

TEST_F(Blocking, BeginsAgainOnceTheConsumerHasCaughtUp) {
    policy_.add_paused(kFirst, now_);
    (void)policy_.expire();
    EXPECT_FALSE(SlowConsumerPolicy::has_caught_up(500'001, 1'000'000));
    EXPECT_TRUE(SlowConsumerPolicy::has_caught_up(500'000, 1'000'000));
    EXPECT_THAT(policy_.release(), IsEmpty());
    EXPECT_EQ(policy_.decide(load(1'000'000), kOfListener).action, Action::pause);
}

TEST_F(Blocking, ComesBeforeTheAgeOfTheBacklog) {
    EXPECT_EQ(policy_.backlog_end(now_), now_ + milliseconds(2'000));
    policy_.add_paused(kFirst, now_);
    EXPECT_EQ(policy_.backlog_end(now_), std::nullopt);
}

TEST(SlowConsumerPolicy, DropsOrDisconnectsAnOldBacklog) {
    const auto action = [](v1::SlowPolicy policy, v1::SlowPolicy fallback) {
        const SlowConsumerOptions chosen = options(policy, fallback);
        return SlowConsumerPolicy(chosen).decide_old_backlog();
    };
    EXPECT_EQ(action(v1::SLOW_POLICY_DISCONNECT, v1::SLOW_POLICY_DISCONNECT), Action::disconnect);
    EXPECT_EQ(action(v1::SLOW_POLICY_DROP_NEWEST, v1::SLOW_POLICY_DISCONNECT), Action::drop_oldest);
    EXPECT_EQ(action(v1::SLOW_POLICY_BLOCK, v1::SLOW_POLICY_DISCONNECT), Action::disconnect);
    EXPECT_EQ(action(v1::SLOW_POLICY_BLOCK, v1::SLOW_POLICY_DROP_OLDEST), Action::drop_oldest);
}

}  // namespace
}  // namespace telex::server
