// Publishing: receivers and counters.
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

// On one reactor, and with publisher and subscriber on different ones.
class ShardPublish : public ::testing::TestWithParam<unsigned> {
protected:
    RunningExchange running_{GetParam()};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& subscriber_ = running_.client(GetParam() - 1);

    void subscribe(PlainClient& member, std::uint64_t id, std::string_view filter) {
        running_.on(member, [&] { member.subscribe(id, filter); });
        running_.settle();
        ASSERT_THAT(running_.notes(member), ElementsAre("subscribed " + std::to_string(id)));
    }

    void publish(std::string_view subject, std::string_view payload) {
        running_.on(publisher_, [&] { publisher_.publish(subject, payload); });
        running_.settle();
    }
};

TEST_P(ShardPublish, ReachesEverySubscriptionThatMatches) {
    subscribe(subscriber_, 1, "log.*");
    subscribe(subscriber_, 2, "log.>");
    subscribe(subscriber_, 3, "other");
    publish("log.a", "hello");
    EXPECT_THAT(
        running_.notes(subscriber_),
        ::testing::UnorderedElementsAre("1 log.a=hello", "2 log.a=hello")
    );
    const Counters counters = running_.counters();
    EXPECT_EQ(counters.received_messages, 1U);
    EXPECT_EQ(counters.taken_messages, 2U);
    EXPECT_EQ(counters.unrouted_messages, 0U);
    EXPECT_EQ(counters.handed_over_messages, GetParam() == 1 ? 0U : 1U)
        << "one hand-over for each reactor, whatever the number of its subscriptions";
}

TEST_P(ShardPublish, HidesFromASubscriptionWhatItsMemberMayNotHave) {
    subscribe(subscriber_, 1, "log.>");
    running_.on(subscriber_, [&] {
        subscriber_.hidden = "log.secret";
        subscriber_.port.record().find_subscription(1)->hides_some = true;
    });
    publish("log.secret", "x");
    publish("log.open", "y");
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 log.open=y"));
    EXPECT_EQ(running_.counters().taken_messages, 1U);
}

TEST_P(ShardPublish, CountsMessagesWithoutSubscribers) {
    subscribe(subscriber_, 1, "a");
    publish("b", "");
    EXPECT_THAT(running_.notes(subscriber_), IsEmpty());
    EXPECT_EQ(running_.counters().unrouted_messages, 1U);
}

TEST_P(ShardPublish, ComesBackToItsPublisherUnlessItAskedNotTo) {
    broker::SubscriptionSpec quiet;
    quiet.id = 2;
    quiet.filter = "a";
    quiet.no_echo = true;
    running_.on(publisher_, [&] {
        publisher_.subscribe(1, "a");
        publisher_.port.subscribe(quiet);
    });
    running_.settle();
    (void)running_.notes(publisher_);
    publish("a", "x");
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("1 a=x"));
}

TEST_P(ShardPublish, StopsAtTheEndOfTheSubscription) {
    subscribe(subscriber_, 1, "a");
    publish("a", "1");
    running_.on(subscriber_, [&] { subscriber_.port.unsubscribe(1); });
    running_.settle();
    publish("a", "2");
    EXPECT_THAT(
        running_.notes(subscriber_), ElementsAre("1 a=1", "unsubscribed 1 delivered 1 dropped 0")
    );
    EXPECT_EQ(running_.counters().unrouted_messages, 1U);
}

TEST_P(ShardPublish, NeverReachesAMemberThatLeft) {
    subscribe(subscriber_, 1, "a");
    running_.leave(subscriber_);
    running_.settle();
    publish("a", "x");
    EXPECT_EQ(subscriber_.deliveries, 0U);
    EXPECT_EQ(running_.counters().unrouted_messages, 1U);
}

TEST_P(ShardPublish, CountsWhatTheMemberRefuses) {
    subscribe(subscriber_, 1, "a");
    running_.on(subscriber_, [&] {
        subscriber_.admission = broker::not_sent(DropReason::slow_newest);
    });
    publish("a", "x");
    EXPECT_EQ(running_.counters().taken_messages, 0U);
    EXPECT_EQ(running_.dropped(DropReason::slow_newest), 1U);
    EXPECT_EQ(running_.counters().unrouted_messages, 0U);
}

TEST_P(ShardPublish, GivesAQueueGroupsMessageToOneMember) {
    PlainClient& other = running_.client(0);
    running_.on(subscriber_, [&] {
        subscriber_.verbose = false;
        subscriber_.subscribe(1, "job", "workers");
    });
    running_.on(other, [&] {
        other.verbose = false;
        other.subscribe(1, "job", "workers");
    });
    running_.settle();
    running_.on(publisher_, [&] {
        for (int i = 0; i < 200; ++i) {
            publisher_.publish("job", "x");
        }
    });
    running_.settle();
    EXPECT_EQ(subscriber_.deliveries + other.deliveries, 200U);
    EXPECT_EQ(running_.counters().taken_messages, 200U);
}

INSTANTIATE_TEST_SUITE_P(Reactors, ShardPublish, ::testing::Values(1U, 3U));

TEST(ShardBackPressure, PausesThePublisherWhereverItLives) {
    RunningExchange running(2);
    PlainClient& publisher = running.client(0);
    PlainClient& consumer = running.client(1);
    EXPECT_TRUE(running.on(consumer, [&] {
        return consumer.shard.pause_publisher(publisher.port.id());
    }));
    running.settle();
    EXPECT_EQ(publisher.pauses, 1);
    running.on(consumer, [&] { consumer.shard.resume_publisher(publisher.port.id()); });
    running.settle();
    EXPECT_EQ(publisher.resumes, 1);
}

TEST(ShardBackPressure, SaysWhenAPublisherCannotBePausedWhereverItLives) {
    RunningExchange running(2);
    PlainClient& publisher = running.client(0, false);
    for (const std::size_t reactor : {0U, 1U}) {
        EXPECT_FALSE(running.at(reactor, [&] {
            return running.exchange().shard(reactor).pause_publisher(publisher.port.id());
        }));
    }
    running.settle();
    EXPECT_EQ(publisher.pauses, 0);
}

// An event of the exchange has no publisher that could be paused.
TEST(ShardBackPressure, CannotPauseTheExchange) {
    RunningExchange running(1);
    EXPECT_FALSE(running.at(0, [&] { return running.exchange().shard(0).pause_publisher({}); }));
}

TEST(ShardBackPressure, DoesNotPauseTheNextClientInASlot) {
    RunningExchange running(2);
    PlainClient& left = running.client(0);
    const ClientId id = left.port.id();
    running.leave(left);
    PlainClient& successor = running.client(0);
    ASSERT_EQ(successor.port.id().slot, id.slot);
    ASSERT_NE(successor.port.id().generation, id.generation);
    PlainClient& consumer = running.client(1);
    running.on(consumer, [&] { consumer.shard.pause_publisher(id); });
    running.settle();
    EXPECT_EQ(successor.pauses, 0);
}

// Few bytes may be much work for the target: its subscribers are known here.
TEST(ShardBackPressure, IsCongestedWhileTooMuchWorkIsUnderWay) {
    constexpr std::uint64_t kSubscriptions = 4'096;
    RunningExchange running(2);
    PlainClient& publisher = running.client(0);
    PlainClient& consumer = running.client(1);
    running.on(consumer, [&] {
        consumer.verbose = false;
        for (std::uint64_t id = 1; id <= kSubscriptions; ++id) {
            consumer.subscribe(id, "a");
        }
    });
    running.settle();
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    consumer.shard.reactor().post([&gate] { gate.wait(); });
    std::uint64_t sent = 0;
    while (!running.on(publisher, [&] { return publisher.shard.congested(); })) {
        ASSERT_LT(++sent, 1'000U);
        running.on(publisher, [&] { publisher.publish("a", "x"); });
    }
    EXPECT_LE(sent, 20U) << "half a million units are under way";
    go_on.set_value();
    running.settle();
    EXPECT_FALSE(running.on(publisher, [&] { return publisher.shard.congested(); }));
    EXPECT_EQ(consumer.deliveries, sent * kSubscriptions);
}

// The target's reactor is held while the source fills the way to it.
class ShardCongestion : public ::testing::Test {
protected:
    struct Reader final : reactor::TurnWork {
        void run_turn_work() override { ++runs; }

        int runs = 0;
    };

    // The consumer pauses its publishers at this many bytes; 0: never.
    void subscribe(std::size_t block_limit) {
        running_.on(consumer_, [&] {
            consumer_.block_limit = block_limit;
            consumer_.verbose = false;
            consumer_.subscribe(1, "a");
        });
        running_.settle();
    }

    void unsubscribe() {
        running_.on(consumer_, [&] { consumer_.port.unsubscribe(1); });
        running_.settle();
    }

    // Publishes until the way is congested, and then lets the consumer go on. Returns the number of
    // messages that were under way.
    std::uint64_t fill(std::size_t message_size) {
        std::promise<void> go_on;
        auto gate = go_on.get_future();
        consumer_.shard.reactor().post([&gate] { gate.wait(); });
        const std::string payload(message_size, 'x');
        const std::uint64_t before = consumer_.deliveries;
        std::uint64_t published = 0;
        Reader reader;
        running_.on(publisher_, [&] {
            while (!publisher_.shard.congested()) {
                publisher_.publish("a", payload);
                ++published;
            }
            publisher_.shard.wait_for_relief(reader);
            publisher_.shard.wait_for_relief(reader);
        });
        EXPECT_EQ(reader.runs, 0);
        go_on.set_value();
        running_.settle();
        EXPECT_FALSE(running_.on(publisher_, [&] { return publisher_.shard.congested(); }));
        EXPECT_EQ(reader.runs, 1);
        EXPECT_EQ(consumer_.deliveries - before, published);
        return published;
    }

    RunningExchange running_{2};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& consumer_ = running_.client(1);
};

TEST_F(ShardCongestion, BeginsWhileTooMuchIsUnderWay) {
    subscribe(0);
    const std::uint64_t messages = fill(1U << 20U);
    EXPECT_GE(messages, 8U);
    EXPECT_LE(messages, 9U);
}

// Messages that are under way when it pauses its publishers are beyond its limit.
TEST_F(ShardCongestion, BeginsEarlierWhereAConsumerBlocks) {
    constexpr std::uint64_t kInLimit = 16;
    subscribe(kInLimit << 14U);
    EXPECT_LE(fill(1U << 14U), kInLimit + 1);
    unsubscribe();
    subscribe(0);
    EXPECT_GT(fill(1U << 14U), 100U);
}

}  // namespace
}  // namespace telex::exchange
