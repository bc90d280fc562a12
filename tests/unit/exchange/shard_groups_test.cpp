// Queue groups over reactors: messages whose member leaves or stalls under way, and what waits.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;

class ShardGroups : public ::testing::Test {
protected:
    void subscribe(PlainClient& member, std::uint64_t credit = 0, std::uint64_t max_messages = 0) {
        broker::SubscriptionSpec spec;
        spec.id = 1;
        spec.filter = "a";
        spec.queue_group = "g";
        spec.credit = credit;
        spec.max_messages = max_messages;
        running_.on(member, [&] { member.port.subscribe(spec); });
        running_.settle();
        ASSERT_THAT(running_.notes(member), ElementsAre("subscribed 1"));
    }

    void publish(int from, int to) {
        running_.on(publisher_, [&] {
            for (int i = from; i <= to; ++i) {
                publisher_.publish("a", std::to_string(i));
            }
        });
    }

    void grant(PlainClient& member, std::uint64_t messages) {
        running_.on(member, [&] { member.port.add_credit(1, messages); });
        running_.settle();
    }

    std::uint64_t waiting() {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < running_.exchange().shard_count(); ++i) {
            sum += running_.at(i, [&] {
                return running_.exchange().shard(i).snapshot().waiting_messages;
            });
        }
        return sum;
    }

    // Publishes one message to `member`, alone in its group, and has `change` happen on its reactor
    // before it comes.
    template <class Change>
    void overtake(PlainClient& member, Change change) {
        std::promise<void> go_on;
        auto gate = go_on.get_future();
        member.shard.reactor().post([&gate, change] {
            gate.wait();
            change();
        });
        publish(1, 1);
        running_.on(publisher_, [] {});  // the turn that sent it is over
        go_on.set_value();
        running_.settle();  // before the gate goes
    }

    RunningExchange running_{3};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& first_ = running_.client(1);
    PlainClient& second_ = running_.client(2);
};

TEST_F(ShardGroups, PassOnWhatComesForAMemberThatHasLeft) {
    subscribe(first_);
    subscribe(second_);
    running_.on(second_, [this] { second_.port.lose_room(); });
    overtake(first_, [this] { first_.port.unsubscribe(1); });
    EXPECT_THAT(running_.notes(second_), ElementsAre("1 a=1"));
    EXPECT_EQ(running_.dropped(DropReason::group_vanished), 0U);
}

// The connection of a member that has left may have other members: those messages are not their
// load.
TEST_F(ShardGroups, CountNoLoadForWhatWasPassedOn) {
    subscribe(first_);
    subscribe(second_);
    constexpr int kMessages = 20;
    for (int i = 0; i < kMessages; ++i) {
        running_.on(second_, [this] { second_.port.lose_room(); });
        overtake(first_, [this] { first_.port.unsubscribe(1); });
        running_.on(second_, [this] { second_.port.note_queue(0, true); });
        running_.notes(first_);
        subscribe(first_);
    }
    publish(1, kMessages);
    running_.settle();
    EXPECT_GT(running_.notes(first_).size(), kMessages / 4U);
}

// Other reactors see it before the change of interest reaches them.
TEST_F(ShardGroups, GiveNothingToAMemberThatIsAboutToLeave) {
    subscribe(first_);
    subscribe(second_);
    std::promise<void> ended;
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    first_.shard.reactor().post([&] {
        first_.port.end_subscriptions();
        ended.set_value();
        gate.wait();
    });
    ended.get_future().get();
    publish(1, 100);
    running_.on(publisher_, [] {});  // the turn that sent them is over
    EXPECT_EQ(running_.on(second_, [&] { return second_.deliveries; }), 100U);
    go_on.set_value();
    running_.settle();
    EXPECT_EQ(running_.on(first_, [&] { return first_.deliveries; }), 0U);
    EXPECT_EQ(running_.counters().taken_messages, 100U);
}

TEST_F(ShardGroups, FailARequestAtOnceWhoseOnlyMemberIsAboutToLeave) {
    subscribe(first_);
    std::promise<void> ended;
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    first_.shard.reactor().post([&] {
        first_.port.end_subscriptions();
        ended.set_value();
        gate.wait();
    });
    ended.get_future().get();
    running_.on(publisher_, [&] { publisher_.request("a", "?", 7); });
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("failed 7 NO_RESPONDERS"));
    go_on.set_value();
    running_.settle();
}

TEST_F(ShardGroups, MoveWhatWaitsAtAMemberThatIsAboutToLeave) {
    subscribe(first_, 1);
    publish(1, 5);
    running_.settle();
    ASSERT_EQ(waiting(), 4U);
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.queue_group = "g";
    spec.credit = 1;
    running_.on(second_, [&] { second_.port.subscribe(spec); });
    running_.settle();
    EXPECT_EQ(waiting(), 3U) << "one has gone to the newcomer";
    running_.on(first_, [&] { first_.port.end_subscriptions(); });
    running_.settle();
    grant(second_, 10);
    EXPECT_EQ(running_.on(second_, [&] { return second_.deliveries; }), 4U);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(first_.held_bytes, 0U);
}

TEST_F(ShardGroups, PassOnWhatComesForAMemberThatStalled) {
    subscribe(first_, 1);
    subscribe(second_, 5);
    running_.on(second_, [this] { second_.port.lose_room(); });
    overtake(first_, [this] {
        first_.port.lose_room();
        second_.shard.reactor().post([this] { second_.port.note_queue(0, true); });
    });
    running_.settle();
    // A member announced in time receives it; in any case it arrives once.
    EXPECT_EQ(running_.notes(first_).size() + running_.notes(second_).size(), 1U);
    EXPECT_EQ(running_.counters().taken_messages, 1U);
}

TEST_F(ShardGroups, GiveAMessageWithoutRoomToItsMemberWhenThereIsNoOther) {
    subscribe(first_, 1);
    overtake(first_, [this] { first_.port.lose_room(); });
    running_.settle();
    EXPECT_THAT(running_.notes(first_), ElementsAre("1 a=1"));
}

TEST_F(ShardGroups, LetMessagesWaitForCredit) {
    subscribe(first_, 1);
    subscribe(second_, 1);
    publish(1, 10);
    running_.settle();
    EXPECT_EQ(running_.notes(first_).size() + running_.notes(second_).size(), 2U);
    EXPECT_EQ(waiting(), 8U);
    grant(second_, 3);
    EXPECT_THAT(running_.notes(second_), ElementsAre("1 a=3", "1 a=4", "1 a=5"));
    grant(first_, 2);
    EXPECT_THAT(running_.notes(first_), ElementsAre("1 a=6", "1 a=7"));
    publish(11, 11);
    running_.settle();
    EXPECT_EQ(waiting(), 4U);
    grant(first_, 10);
    EXPECT_THAT(running_.notes(first_), ElementsAre("1 a=8", "1 a=9", "1 a=10", "1 a=11"));
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(first_.held_bytes + second_.held_bytes, 0U);
    EXPECT_EQ(running_.counters().taken_messages, 11U);
}

TEST_F(ShardGroups, GiveWhatWaitsToWhoComes) {
    subscribe(first_, 1);
    publish(1, 3);
    running_.settle();
    EXPECT_THAT(running_.notes(first_), ElementsAre("1 a=1"));
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.queue_group = "g";
    running_.on(second_, [&] { second_.port.subscribe(spec); });
    running_.settle();
    EXPECT_EQ(running_.notes(second_).size(), 3U) << "confirmed, and two messages";
}

TEST_F(ShardGroups, GiveWhatWaitsAtWhoLeavesToTheOthers) {
    subscribe(first_, 1);
    publish(1, 4);
    running_.settle();
    EXPECT_THAT(running_.notes(first_), ElementsAre("1 a=1"));
    PlainClient& other = running_.client(1);
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.queue_group = "g";
    spec.credit = 1;
    running_.on(other, [&] { other.port.subscribe(spec); });
    running_.settle();
    EXPECT_EQ(waiting(), 2U) << "one has gone to the newcomer";
    running_.leave(first_);
    running_.settle();
    EXPECT_EQ(waiting(), 2U);
    grant(other, 5);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(running_.counters().taken_messages, 4U);
    EXPECT_EQ(running_.dropped(DropReason::connection_lost), 0U);
}

TEST_F(ShardGroups, CountMessagesThatWaitForAGoneGroup) {
    subscribe(first_, 1);
    publish(1, 4);
    running_.settle();
    running_.leave(first_);
    EXPECT_EQ(running_.dropped(DropReason::connection_lost), 3U);
    EXPECT_EQ(running_.counters().taken_messages, 1U);
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(ShardGroups, FailRequestsThatWaitForAGoneGroup) {
    subscribe(first_, 1);
    running_.on(publisher_, [&] {
        publisher_.request("a", "x", 1);
        publisher_.request("a", "x", 2);
    });
    running_.settle();
    running_.on(first_, [&] { first_.port.unsubscribe(1); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("failed 2 NO_RESPONDERS"));
}

TEST_F(ShardGroups, GiveAMemberNoMoreThanItWantsInAll) {
    subscribe(first_, 0, 2);
    subscribe(second_);
    publish(1, 100);
    running_.settle();
    const auto notes = running_.notes(first_);
    ASSERT_EQ(notes.size(), 3U);
    EXPECT_EQ(notes.back(), "unsubscribed 1 delivered 2 dropped 0");
    EXPECT_EQ(running_.notes(second_).size(), 98U);
}

TEST_F(ShardGroups, GiveWhoRefusesNoMoreThanTheOthers) {
    subscribe(first_);
    subscribe(second_);
    running_.on(first_, [&] { first_.admission = broker::not_sent(DropReason::slow_newest); });
    publish(1, 100);
    running_.settle();
    EXPECT_LE(running_.dropped(DropReason::slow_newest), 60U);
    EXPECT_EQ(running_.dropped(DropReason::slow_newest) + running_.counters().taken_messages, 100U);
}

TEST_F(ShardGroups, GiveBackTheCreditOfWhatWasRefused) {
    subscribe(first_, 1);
    running_.on(first_, [&] { first_.admission = broker::not_sent(DropReason::slow_newest); });
    publish(1, 2);
    running_.settle();
    running_.on(first_, [&] { first_.admission = {}; });
    publish(3, 3);
    running_.settle();
    EXPECT_EQ(running_.notes(first_).size() + waiting(), 1U);
    EXPECT_EQ(running_.dropped(DropReason::slow_newest), 2U);
}

// Waiting messages were not counted as delivered: dropping them must not decrement the count.
TEST_F(ShardGroups, DropTheOldestThatWaitsWithoutTouchingWhatWasDelivered) {
    subscribe(first_, 1);
    publish(1, 3);
    running_.settle();
    running_.on(first_, [&] { first_.port.drop_held(1, DropReason::slow_oldest); });
    grant(first_, 5);
    EXPECT_THAT(running_.notes(first_), ElementsAre("1 a=1", "1 a=3"));
    EXPECT_EQ(running_.counters().taken_messages, 2U);
    EXPECT_EQ(running_.dropped(DropReason::slow_oldest), 1U);
    EXPECT_EQ(first_.held_bytes, 0U);
}

// Messages wait at many members: a search that finds none that takes them is work, too.
TEST_F(ShardGroups, CountTheSearchForMembersAsWork) {
    constexpr std::uint64_t kMembers = 500;
    PlainClient& crowd = running_.client(0);
    running_.on(crowd, [&] {
        crowd.verbose = false;
        broker::SubscriptionSpec spec;
        spec.queue_group = "g";
        spec.credit = 1;
        for (spec.id = 1; spec.id <= kMembers; ++spec.id) {
            spec.filter = "f." + std::to_string(spec.id);
            crowd.port.subscribe(spec);
            for (int i = 0; i < 2; ++i) {
                crowd.publish(spec.filter, "x");
            }
        }
        EXPECT_EQ(crowd.deliveries, kMembers);
        const reactor::WorkMeter& work = crowd.shard.reactor().work();
        const std::uint64_t before = work.total();
        crowd.port.add_credit(kMembers, 1);
        EXPECT_EQ(crowd.deliveries, kMembers + 1);
        EXPECT_GE(work.total() - before, (kMembers - 1) * reactor::work::kFrame);
    });
}

TEST_F(ShardGroups, ServePlainSubscriptionsBesideThem) {
    subscribe(first_, 1);
    running_.on(second_, [&] { second_.subscribe(7, "a"); });
    running_.settle();
    (void)running_.notes(second_);
    publish(1, 3);
    running_.settle();
    EXPECT_THAT(running_.notes(second_), ElementsAre("7 a=1", "7 a=2", "7 a=3"));
    EXPECT_EQ(waiting(), 2U);
}

}  // namespace
}  // namespace telex::exchange
