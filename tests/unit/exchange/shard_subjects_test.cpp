// Messages that are presented with another subject than they are routed by, and reply subjects.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace telex::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::PlainClient;

// The subscriber is on the publisher's reactor, or on another one.
class ShardSubjects : public ::testing::TestWithParam<std::size_t> {
protected:
    template <class Function>
    void publish(Function work) {
        running_.on(publisher_, work);
        running_.settle();
    }

    void subscribe(std::uint64_t id, const std::string& filter, const std::string& group = {}) {
        running_.on(subscriber_, [&] { subscriber_.subscribe(id, filter, group); });
        running_.settle();
        running_.notes(subscriber_);
    }

    testing::RunningExchange running_{2};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& subscriber_ = running_.client(GetParam());
};

TEST_P(ShardSubjects, RouteByOneAndPresentTheOther) {
    subscribe(1, "_INBOX.x");
    subscribe(2, "stored.>");
    publish([&] { publisher_.publish_with("stored.a", "1", {.route_by = "_INBOX.x"}); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 stored.a=1"));
}

TEST_P(ShardSubjects, KeepBothWhileAMessageWaitsForCredit) {
    subscribe(1, "_INBOX.x", "g");
    running_.on(subscriber_, [&] { subscriber_.port.set_credit(1, 0); });
    running_.settle();
    publish([&] {
        publisher_.publish_with("stored.a", "1", {.route_by = "_INBOX.x", .reply_to = "ack.1"});
    });
    EXPECT_THAT(running_.notes(subscriber_), IsEmpty());
    running_.on(subscriber_, [&] { subscriber_.port.add_credit(1, 1); });
    running_.settle();
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 stored.a=1"));
    EXPECT_THAT(subscriber_.reply_subjects, ElementsAre("ack.1"));
}

TEST_P(ShardSubjects, HideAMessageByTheSubjectThatItIsRoutedBy) {
    running_.on(subscriber_, [&] {
        subscriber_.hidden = "_INBOX.x";
        subscriber_.port.subscribe({.id = 1, .filter = "_INBOX.>", .hides_some = true});
    });
    running_.settle();
    running_.notes(subscriber_);
    publish([&] {
        publisher_.publish_with("stored.a", "1", {.route_by = "_INBOX.x"});
        publisher_.publish_with("stored.a", "2", {.route_by = "_INBOX.y"});
    });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 stored.a=2"));
}

TEST_P(ShardSubjects, PresentTheReplySubjectOfAMessage) {
    subscribe(1, "a");
    publish([&] {
        publisher_.publish("a", "1", "inbox.1");
        publisher_.publish("a", "2");
        publisher_.publish_with("a", "3", {.reply_to = "inbox.3"}, "inbox.2");
    });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=1", "1 a=2", "1 a=3"));
    EXPECT_THAT(subscriber_.reply_subjects, ElementsAre("inbox.1", "inbox.3"));
}

TEST_P(ShardSubjects, AResponderReachesAnOrdinaryReplySubject) {
    subscribe(1, "a");
    running_.on(publisher_, [&] { publisher_.subscribe(1, "inbox.*"); });
    running_.settle();
    running_.notes(publisher_);
    publish([&] { publisher_.publish("a", "q", "inbox.7"); });
    running_.on(subscriber_, [&] { subscriber_.publish(subscriber_.reply_subjects.at(0), "r"); });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("1 inbox.7=r"));
}

TEST_P(ShardSubjects, OfARequestIsTheExchangesOwn) {
    subscribe(1, "a");
    publish([&] { publisher_.request("a", "q", 1); });
    ASSERT_EQ(subscriber_.reply_subjects.size(), 1U);
    EXPECT_TRUE(subscriber_.reply_subjects[0].starts_with("_REPLY."));
}

// As a reply of the exchange, which the publisher has asked for.
TEST(ShardEchoes, ReachThePublisherWithoutEcho) {
    testing::RunningExchange running{2};
    PlainClient& client = running.client(0);
    running.on(client, [&] {
        client.port.subscribe({.id = 1, .filter = "a", .no_echo = true});
        client.port.subscribe({.id = 2, .filter = "b", .queue_group = "g", .no_echo = true});
    });
    running.settle();
    running.notes(client);
    running.on(client, [&] {
        client.publish("a", "own");
        client.publish("b", "own");
        client.publish_with("a", "reply", {.echoes = true});
        client.publish_with("b", "reply", {.echoes = true});
        client.publish("a", "own");
    });
    running.settle();
    EXPECT_THAT(running.notes(client), ElementsAre("1 a=reply", "2 b=reply"));
}

INSTANTIATE_TEST_SUITE_P(OnReactor, ShardSubjects, ::testing::Values(0U, 1U));

}  // namespace
}  // namespace telex::exchange
