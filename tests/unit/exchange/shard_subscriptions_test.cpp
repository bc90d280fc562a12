// Credit, ends of subscriptions, and when a subscription counts as active.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShardSubscriptions : public ::testing::Test {
protected:
    void subscribe(const broker::SubscriptionSpec& spec) {
        running_.on(member_, [&] { member_.port.subscribe(spec); });
        running_.settle();
        ASSERT_THAT(running_.notes(member_), ElementsAre("subscribed 1"));
    }

    void publish(int from, int to) {
        running_.on(publisher_, [&] {
            for (int i = from; i <= to; ++i) {
                publisher_.publish("a", std::to_string(i));
            }
        });
        running_.settle();
    }

    std::vector<std::string> credit(std::uint64_t messages) {
        running_.on(member_, [&] { member_.port.add_credit(1, messages); });
        return running_.notes(member_);
    }

    static broker::SubscriptionSpec spec(std::uint64_t credit, std::uint64_t max_messages) {
        broker::SubscriptionSpec spec;
        spec.id = 1;
        spec.filter = "a";
        spec.credit = credit;
        spec.max_messages = max_messages;
        return spec;
    }

    RunningExchange running_{2};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& member_ = running_.client(1);
};

TEST_F(ShardSubscriptions, HoldWhatHasNoCreditInOrder) {
    subscribe(spec(2, 0));
    publish(1, 5);
    EXPECT_THAT(running_.notes(member_), ElementsAre("1 a=1", "1 a=2"));
    EXPECT_GT(member_.held_bytes, 0U);
    EXPECT_THAT(credit(1), ElementsAre("1 a=3"));
    publish(6, 6);
    EXPECT_THAT(running_.notes(member_), IsEmpty());
    EXPECT_THAT(credit(10), ElementsAre("1 a=4", "1 a=5", "1 a=6"));
    EXPECT_EQ(member_.held_bytes, 0U);
    publish(7, 7);
    EXPECT_THAT(running_.notes(member_), ElementsAre("1 a=7")) << "7 credits are left";
}

TEST_F(ShardSubscriptions, AddCreditWithoutOverflow) {
    subscribe(spec(5, 0));
    EXPECT_THAT(credit(UINT64_MAX), IsEmpty());
    publish(1, 7);
    EXPECT_EQ(running_.notes(member_).size(), 7U);
}

TEST_F(ShardSubscriptions, IgnoreCreditWithoutLimitAndForUnknownSubscriptions) {
    subscribe(spec(0, 0));
    EXPECT_THAT(credit(3), IsEmpty());
    running_.on(member_, [&] { member_.port.add_credit(99, 1); });
    publish(1, 4);
    EXPECT_EQ(running_.notes(member_).size(), 4U);
}

TEST_F(ShardSubscriptions, EndAfterTheirLastMessage) {
    subscribe(spec(0, 3));
    publish(1, 5);
    EXPECT_THAT(
        running_.notes(member_),
        ElementsAre("1 a=1", "1 a=2", "1 a=3", "unsubscribed 1 delivered 3 dropped 0")
    );
    publish(6, 6);
    EXPECT_EQ(running_.counters().unrouted_messages, 1U);
}

TEST_F(ShardSubscriptions, CountWhatWasHeldAtTheirEnd) {
    subscribe(spec(1, 2));
    publish(1, 5);
    EXPECT_THAT(credit(10), ElementsAre("1 a=1", "1 a=2", "unsubscribed 1 delivered 2 dropped 3"));
    EXPECT_EQ(member_.held_bytes, 0U);
    EXPECT_EQ(running_.counters().taken_messages, 2U);
    EXPECT_EQ(running_.dropped(DropReason::no_credit), 3U);
}

TEST_F(ShardSubscriptions, CountWhatWasHeldWhenTheirMemberLeaves) {
    subscribe(spec(1, 0));
    publish(1, 5);
    running_.leave(member_);
    EXPECT_EQ(member_.held_bytes, 0U);
    EXPECT_EQ(running_.counters().taken_messages, 1U);
    EXPECT_EQ(running_.dropped(DropReason::connection_lost), 4U);
}

TEST_F(ShardSubscriptions, CountWhatWasDeniedWhileItWasHeld) {
    broker::SubscriptionSpec some = spec(1, 0);
    some.hides_some = true;
    subscribe(some);
    publish(1, 5);
    (void)running_.notes(member_);
    running_.on(member_, [&] { member_.hidden = "a"; });
    EXPECT_THAT(credit(10), IsEmpty());
    EXPECT_EQ(running_.counters().taken_messages, 1U);
    EXPECT_EQ(running_.dropped(DropReason::not_permitted), 4U);
    running_.on(member_, [&] { member_.port.unsubscribe(1); });
    EXPECT_THAT(running_.notes(member_), ElementsAre("unsubscribed 1 delivered 1 dropped 4"));
}

TEST_F(ShardSubscriptions, TakeBackADeliveryThatWasDroppedLater) {
    subscribe(spec(0, 0));
    publish(1, 3);
    (void)running_.notes(member_);
    running_.on(member_, [&] {
        const std::uint64_t key = member_.port.record().find_subscription(1)->key;
        member_.port.uncount_delivery(key, DropReason::slow_oldest);
        member_.port.unsubscribe(1);
    });
    EXPECT_THAT(running_.notes(member_), ElementsAre("unsubscribed 1 delivered 2 dropped 1"));
    EXPECT_EQ(running_.counters().taken_messages, 2U);
    EXPECT_EQ(running_.dropped(DropReason::slow_oldest), 1U);
}

// The client uses the id again while deliveries of its former subscription are still queued.
TEST_F(ShardSubscriptions, DoNotTakeBackADeliveryOfAPredecessor) {
    subscribe(spec(0, 0));
    publish(1, 3);
    (void)running_.notes(member_);
    const std::uint64_t former =
        running_.on(member_, [&] { return member_.port.record().find_subscription(1)->key; });
    running_.on(member_, [&] {
        member_.port.unsubscribe(1);
        member_.port.subscribe(spec(0, 0));
    });
    running_.settle();
    publish(4, 4);
    (void)running_.notes(member_);
    running_.on(member_, [&] {
        member_.port.uncount_delivery(former, DropReason::slow_oldest);
        member_.port.uncount_delivery(former, DropReason::slow_oldest);
        member_.port.unsubscribe(1);
    });
    EXPECT_THAT(running_.notes(member_), ElementsAre("unsubscribed 1 delivered 1 dropped 0"));
    EXPECT_EQ(running_.counters().taken_messages, 2U);
    EXPECT_EQ(running_.dropped(DropReason::slow_oldest), 2U);
}

TEST_F(ShardSubscriptions, AreConfirmedAtOnceOnASingleReactor) {
    RunningExchange single(1);
    PlainClient& member = single.client(0);
    const auto notes = single.on(member, [&] {
        member.subscribe(1, "a");
        return member.notes;
    });
    EXPECT_THAT(notes, ElementsAre("subscribed 1"));
}

// The other reactor is blocked: it cannot have received the subscription.
TEST_F(ShardSubscriptions, AreConfirmedOnlyWhenEveryReactorKnowsThem) {
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    publisher_.shard.reactor().post([&gate] { gate.wait(); });
    running_.on(member_, [&] { member_.subscribe(1, "a"); });
    for (int i = 0; i < 4; ++i) {
        EXPECT_THAT(running_.notes(member_), IsEmpty());
    }
    go_on.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(member_), ElementsAre("subscribed 1"));
}

// The round that knows of the first subscription must not confirm the second, of the same id.
TEST_F(ShardSubscriptions, AreNotConfirmedByTheRoundOfAPredecessor) {
    std::promise<void> first_round;
    auto gate = first_round.get_future();
    publisher_.shard.reactor().post([&gate] { gate.wait(); });
    running_.on(member_, [&] { member_.subscribe(1, "a"); });
    running_.on(member_, [] {});  // the turn that announced it is over
    running_.on(member_, [&] {
        member_.port.unsubscribe(1);
        member_.subscribe(1, "b");
    });
    running_.on(member_, [] {});
    first_round.set_value();
    running_.settle();
    EXPECT_THAT(
        running_.notes(member_), ElementsAre("unsubscribed 1 delivered 0 dropped 0", "subscribed 1")
    );
}

TEST_F(ShardSubscriptions, AreNotConfirmedToWhoLeft) {
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    publisher_.shard.reactor().post([&gate] { gate.wait(); });
    running_.on(member_, [&] { member_.subscribe(1, "a"); });
    running_.leave(member_);
    PlainClient& successor = running_.client(1);
    go_on.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(member_), IsEmpty());
    EXPECT_THAT(running_.notes(successor), IsEmpty());
}

TEST_F(ShardSubscriptions, OfAQueueGroupThatVanishedUnderWayAreCounted) {
    broker::SubscriptionSpec grouped;
    grouped.id = 1;
    grouped.filter = "a";
    grouped.queue_group = "g";
    subscribe(grouped);
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    member_.shard.reactor().post([&gate, this] {
        gate.wait();
        member_.port.unsubscribe(1);
    });
    running_.on(publisher_, [&] { publisher_.publish("a", "x"); });
    running_.on(publisher_, [] {});
    go_on.set_value();
    running_.settle();
    EXPECT_EQ(running_.dropped(DropReason::group_vanished), 1U);
    EXPECT_EQ(running_.counters().taken_messages, 0U);
}

}  // namespace
}  // namespace telex::exchange
