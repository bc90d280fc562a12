// A flush ends when what was published before it is in the subscribers' queues, and the
// subscriptions of its client are active on all reactors.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <string>
#include <thread>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShardFlushes : public ::testing::Test {
protected:
    RunningExchange running_{3};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& near_ = running_.client(0);
    PlainClient& far_ = running_.client(1);

    void subscribe(PlainClient& member) {
        running_.on(member, [&] { member.subscribe(1, "a"); });
        running_.settle();
        (void)running_.notes(member);
    }

    void publish_and_flush() {
        running_.on(publisher_, [&] {
            publisher_.publish("a", "x");
            publisher_.port.flush(7);
        });
    }

    // The reactor does nothing until the promise is kept.
    std::promise<void> hold(PlainClient& member) {
        std::promise<void> go;
        member.shard.reactor().post([wait = go.get_future().share()] { wait.wait(); });
        return go;
    }
};

TEST_F(ShardFlushes, EndImmediatelyWithoutRemoteDeliveries) {
    subscribe(near_);
    publish_and_flush();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 7"));
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 a=x"));
}

TEST_F(ShardFlushes, WaitForOtherReactors) {
    subscribe(far_);
    std::promise<void> go = hold(far_);
    publish_and_flush();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 7"));
    EXPECT_THAT(running_.notes(far_), ElementsAre("1 a=x"));
}

TEST_F(ShardFlushes, WaitForBatchesOfEarlierTurns) {
    subscribe(far_);
    std::promise<void> go = hold(far_);
    running_.on(publisher_, [&] { publisher_.publish("a", "x"); });
    running_.on(publisher_, [&] { publisher_.port.flush(8); });
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 8"));
}

TEST_F(ShardFlushes, WaitForTheClientsSubscriptions) {
    std::promise<void> go = hold(far_);
    running_.on(near_, [&] {
        near_.subscribe(1, "a");
        near_.port.flush(7);
    });
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(near_), ElementsAre("subscribed 1", "flushed 7"));
}

TEST_F(ShardFlushes, WaitForSubscriptionsOfEarlierTurns) {
    std::promise<void> go = hold(far_);
    running_.on(near_, [&] { near_.subscribe(1, "a"); });
    running_.on(near_, [&] { near_.port.flush(7); });
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(near_), ElementsAre("subscribed 1", "flushed 7"));
}

// The filter is announced already, so that nothing changes for the other reactors; but the round
// that announces it may be under way.
TEST_F(ShardFlushes, WaitForASubscriptionThatAnotherOneCovers) {
    std::promise<void> go = hold(far_);
    running_.on(publisher_, [&] { publisher_.subscribe(1, "a"); });
    running_.on(near_, [&] {
        near_.subscribe(2, "a");
        near_.port.flush(7);
    });
    EXPECT_THAT(running_.notes(near_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(near_), ElementsAre("subscribed 2", "flushed 7"));
}

// Messages that another client publishes after the flush reach the subscription, on any reactor.
TEST_F(ShardFlushes, AreABarrierForPublishersOfOtherReactors) {
    for (std::uint64_t round = 1; round <= 200; ++round) {
        const std::string subject = "s." + std::to_string(round);
        running_.on(near_, [&] {
            near_.subscribe(round, subject);
            near_.port.flush(round);
        });
        const std::string flushed = "flushed " + std::to_string(round);
        while (running_.on(near_, [&] {
            return near_.notes.empty() || near_.notes.back() != flushed;
        })) {
            std::this_thread::yield();
        }
        running_.on(far_, [&] {
            far_.publish(subject, "x");
            far_.port.flush(round);
        });
        running_.settle();
        ASSERT_THAT(running_.notes(near_), Contains(std::to_string(round) + " " + subject + "=x"));
    }
}

TEST_F(ShardFlushes, DoNotWaitForSubscriptionsOfOtherClients) {
    std::promise<void> go = hold(far_);
    running_.on(near_, [&] { near_.subscribe(1, "a"); });
    running_.on(publisher_, [&] { publisher_.port.flush(7); });
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 7"));
    go.set_value();
    running_.settle();
}

TEST_F(ShardFlushes, EndImmediatelyOnceTheSubscriptionsAreActive) {
    subscribe(near_);
    std::promise<void> go = hold(far_);
    running_.on(near_, [&] { near_.port.flush(7); });
    EXPECT_THAT(running_.notes(near_), ElementsAre("flushed 7"));
    go.set_value();
}

TEST_F(ShardFlushes, OfAMemberThatLeftAreForgotten) {
    subscribe(far_);
    std::promise<void> go = hold(far_);
    publish_and_flush();
    running_.leave(publisher_);
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
}

}  // namespace
}  // namespace telex::exchange
