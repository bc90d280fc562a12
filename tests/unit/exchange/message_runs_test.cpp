// Runs of publications: the same deliveries and books as message by message, and when they are not
// taken.
#include "exchange/message_runs.hpp"

#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// On one reactor, and with publisher and subscriber on different ones.
class MessageRunsTest : public ::testing::TestWithParam<unsigned> {
protected:
    static constexpr std::size_t kAmple = 1U << 20U;

    MessageRunsTest() { accept_runs(subscriber_); }

    void accept_runs(PlainClient& client) {
        running_.on(client, [&] {
            client.room = kAmple;
            client.run_part = kAmple;
        });
    }

    void subscribe(PlainClient& client, std::uint64_t id, std::string_view filter) {
        broker::SubscriptionSpec spec;
        spec.id = id;
        spec.filter = filter;
        subscribe(client, spec);
    }

    void subscribe(PlainClient& client, const broker::SubscriptionSpec& spec) {
        running_.on(client, [&] { client.port.subscribe(spec); });
        running_.settle();
        (void)running_.notes(client);
    }

    // Messages of different sizes, some without payload.
    std::size_t publish(std::string_view subject, std::size_t count = kMessages) {
        payloads_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            payloads_.push_back(std::string(i % 7, 'p') + std::to_string(i));
        }
        const std::size_t at_once =
            running_.on(publisher_, [&] { return publisher_.publish_run(subject, payloads_); });
        running_.settle();
        return at_once;
    }

    std::vector<std::string> expected(std::uint64_t id, std::string_view subject) const {
        std::vector<std::string> notes;
        for (const std::string& payload : payloads_) {
            notes.push_back(std::to_string(id) + " " + std::string(subject) + "=" + payload);
        }
        return notes;
    }

    std::uint64_t taken_in_runs() {
        return running_.on(subscriber_, [&] { return subscriber_.taken_in_runs; });
    }

    static constexpr std::size_t kMessages = 50;
    RunningExchange running_{GetParam()};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& subscriber_ = running_.client(GetParam() - 1);
    std::vector<std::string> payloads_;
};

TEST_P(MessageRunsTest, ReachesTheSubscriberInOrder) {
    subscribe(subscriber_, 1, "a.*");
    EXPECT_EQ(publish("a.b"), kMessages - 1);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAreArray(expected(1, "a.b")));
    EXPECT_EQ(taken_in_runs(), kMessages - 1);
    const Counters counters = running_.counters();
    EXPECT_EQ(counters.received_messages, kMessages);
    EXPECT_EQ(counters.routed_messages, kMessages);
    EXPECT_EQ(counters.taken_messages, kMessages);
    EXPECT_EQ(counters.unrouted_messages, 0U);
    EXPECT_EQ(counters.handed_over_messages, GetParam() == 1 ? 0U : kMessages);
    const auto books = running_.on(subscriber_, [&] { return subscriber_.port.record().books(); });
    EXPECT_EQ(books.taken, kMessages);
}

TEST_P(MessageRunsTest, AreDeliveredOneByOneWhereTheClientStops) {
    subscribe(subscriber_, 1, "a");
    running_.on(subscriber_, [&] { subscriber_.run_part = 3; });
    EXPECT_EQ(publish("a"), kMessages - 1);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAreArray(expected(1, "a")));
    EXPECT_EQ(taken_in_runs(), 3U);
    EXPECT_EQ(running_.counters().taken_messages, kMessages);
}

TEST_P(MessageRunsTest, CountsMessagesWithoutSubscribers) {
    EXPECT_EQ(publish("a"), kMessages - 1);
    EXPECT_EQ(running_.counters().unrouted_messages, kMessages);
    EXPECT_EQ(running_.counters().received_messages, kMessages);
}

// One by one, with the same result.
TEST_P(MessageRunsTest, AreNotTakenWithoutRoomForAll) {
    subscribe(subscriber_, 1, "a");
    running_.on(subscriber_, [&] { subscriber_.room = 40; });
    (void)publish("a");
    EXPECT_EQ(taken_in_runs(), 0U);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAreArray(expected(1, "a")));
}

TEST_P(MessageRunsTest, AreNotTakenForCredit) {
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.credit = 10;
    subscribe(subscriber_, spec);
    (void)publish("a");
    EXPECT_EQ(taken_in_runs(), 0U);
    EXPECT_EQ(running_.on(subscriber_, [&] { return subscriber_.deliveries; }), 10U);
    running_.on(subscriber_, [&] { subscriber_.port.add_credit(1, kMessages); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAreArray(expected(1, "a")));
}

TEST_P(MessageRunsTest, EndASubscriptionAtItsLastMessage) {
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.max_messages = 10;
    subscribe(subscriber_, spec);
    (void)publish("a");
    EXPECT_EQ(taken_in_runs(), 0U);
    const auto notes = running_.notes(subscriber_);
    ASSERT_EQ(notes.size(), 11U);
    EXPECT_EQ(notes.back(), "unsubscribed 1 delivered 10 dropped 0");
}

TEST_P(MessageRunsTest, AreCheckedWhereASubscriptionHidesSome) {
    subscribe(subscriber_, 1, ">");
    running_.on(subscriber_, [&] {
        subscriber_.hidden = "secret";
        subscriber_.port.record().find_subscription(1)->hides_some = true;
    });
    (void)publish("secret");
    EXPECT_THAT(running_.notes(subscriber_), IsEmpty());
    (void)publish("open");
    EXPECT_THAT(running_.notes(subscriber_), ElementsAreArray(expected(1, "open")));
    EXPECT_EQ(taken_in_runs(), 0U);
}

TEST_P(MessageRunsTest, AreSharedByTheMembersOfAGroup) {
    PlainClient& other = running_.client(0);
    for (PlainClient* const member : {&subscriber_, &other}) {
        running_.on(*member, [&] { member->subscribe(1, "a", "workers"); });
    }
    running_.settle();
    EXPECT_EQ(publish("a"), 0U);
    const auto deliveries = [&](PlainClient& client) {
        return running_.on(client, [&] { return client.deliveries; });
    };
    EXPECT_EQ(deliveries(subscriber_) + deliveries(other), kMessages);
    EXPECT_GT(deliveries(subscriber_), 0U);
    EXPECT_GT(deliveries(other), 0U);
}

TEST_P(MessageRunsTest, DoNotComeBackToAPublisherThatAskedNotTo) {
    accept_runs(publisher_);
    broker::SubscriptionSpec quiet;
    quiet.id = 2;
    quiet.filter = "a";
    quiet.no_echo = true;
    subscribe(publisher_, quiet);
    subscribe(subscriber_, 1, "a");
    EXPECT_EQ(publish("a"), kMessages - 1);
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    EXPECT_THAT(running_.notes(subscriber_), ElementsAreArray(expected(1, "a")));
}

// Several subscriptions of a client, and several clients.
TEST_P(MessageRunsTest, ReachEachSubscriptionInOrder) {
    PlainClient& other = running_.client(0);
    accept_runs(other);
    subscribe(subscriber_, 1, "a");
    subscribe(subscriber_, 2, "*");
    subscribe(other, 3, ">");
    EXPECT_EQ(publish("a"), kMessages - 1);
    EXPECT_THAT(running_.notes(other), ElementsAreArray(expected(3, "a")));
    const auto notes = running_.notes(subscriber_);
    for (const std::uint64_t id : {1U, 2U}) {
        std::vector<std::string> of_this;
        const std::string begin = std::to_string(id) + " ";
        std::ranges::copy_if(notes, std::back_inserter(of_this), [&](const std::string& note) {
            return note.starts_with(begin);
        });
        EXPECT_THAT(of_this, ElementsAreArray(expected(id, "a")));
    }
}

// More subscribers than a step may have: they get the messages one by one.
TEST_P(MessageRunsTest, ReachACrowd) {
    running_.on(subscriber_, [&] {
        subscriber_.verbose = false;
        for (std::uint64_t id = 1; id <= 700; ++id) {
            subscriber_.subscribe(id, "a");
        }
    });
    running_.settle();
    (void)publish("a");
    const auto done = [&] {
        return running_.on(subscriber_, [&] { return subscriber_.deliveries; }) == 700 * kMessages;
    };
    while (!done()) {
        running_.settle();
    }
    EXPECT_EQ(running_.counters().taken_messages, 700 * kMessages);
}

INSTANTIATE_TEST_SUITE_P(Reactors, MessageRunsTest, ::testing::Values(1U, 2U));

}  // namespace
}  // namespace telex::exchange
