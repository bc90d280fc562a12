#include "exchange/confirmations.hpp"

#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>

namespace telex::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::PlainClient;

TEST(Confirmations, EndWithTheLastReceipt) {
    Confirmations confirmations;
    const std::uint64_t number = confirmations.next();
    confirmations.expect(number, {{0, 1, 1}, 7, 2}, 2);
    EXPECT_FALSE(confirmations.receive(number, 3));
    EXPECT_FALSE(confirmations.receive(number + 1, 1)) << "an unknown number";
    const auto outcome = confirmations.receive(number, 0);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->id, 7U);
    EXPECT_EQ(outcome->receivers, 5U);
    EXPECT_EQ(confirmations.pending(), 0U);
}

// The subscriber is on the publisher's reactor, or on another one.
class ConfirmedPublish : public ::testing::TestWithParam<std::size_t> {
protected:
    void publish(std::string_view subject, std::uint64_t confirmation) {
        running_.on(publisher_, [&] {
            publisher_.publish_with(subject, "x", {.confirmation = confirmation});
        });
        running_.settle();
    }

    void subscribe(PlainClient& client, std::uint64_t id, std::string_view group = {}) {
        running_.on(client, [&] { client.subscribe(id, "a", group); });
        running_.settle();
        running_.notes(client);
    }

    testing::RunningExchange running_{3};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& subscriber_ = running_.client(GetParam());
};

TEST_P(ConfirmedPublish, ReportsThatThereIsNoSubscriber) {
    publish("a", 5);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 5 to 0"));
}

TEST_P(ConfirmedPublish, CountsSubscriptionsOnAllReactors) {
    subscribe(subscriber_, 1);
    subscribe(subscriber_, 2);
    subscribe(running_.client(2), 1);
    publish("a", 5);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 5 to 3"));
}

TEST_P(ConfirmedPublish, CountsOneMemberOfAGroup) {
    subscribe(subscriber_, 1, "g");
    subscribe(running_.client(2), 1, "g");
    publish("a", 5);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 5 to 1"));
}

TEST_P(ConfirmedPublish, DoesNotCountADrop) {
    subscribe(subscriber_, 1);
    running_.on(subscriber_, [&] {
        subscriber_.admission = broker::not_sent(DropReason::slow_newest);
    });
    publish("a", 5);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 5 to 0"));
}

TEST_P(ConfirmedPublish, CountsAMessageThatWaitsForCredit) {
    subscribe(subscriber_, 1);
    running_.on(subscriber_, [&] { subscriber_.port.set_credit(1, 0); });
    publish("a", 5);
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("published 5 to 1"));
    EXPECT_THAT(running_.notes(subscriber_), IsEmpty());
}

TEST_P(ConfirmedPublish, ReportsEachPublicationOnce) {
    subscribe(subscriber_, 1);
    running_.on(publisher_, [&] {
        publisher_.publish_with("a", "x", {.confirmation = 1});
        publisher_.publish("a", "y");
        publisher_.publish_with("b", "z", {.confirmation = 2});
        publisher_.publish_with("a", "z", {.confirmation = 3});
    });
    running_.settle();
    EXPECT_THAT(
        running_.notes(publisher_),
        ::testing::UnorderedElementsAre("published 1 to 1", "published 2 to 0", "published 3 to 1")
    );
}

TEST_P(ConfirmedPublish, CountsAReplyThatReachesItsRequester) {
    subscribe(subscriber_, 1);
    running_.on(publisher_, [&] { publisher_.request("a", "q", 9); });
    running_.settle();
    running_.on(subscriber_, [&] {
        const std::string to = subscriber_.reply_subjects.at(0);
        subscriber_.publish_with(to, "r", {.confirmation = 1});
        subscriber_.publish_with(to, "late", {.confirmation = 2});
    });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("reply 9=r"));
    EXPECT_THAT(
        running_.notes(subscriber_), ElementsAre("1 a=q", "published 1 to 1", "published 2 to 0")
    );
}

TEST_P(ConfirmedPublish, IsForgottenWithItsPublisher) {
    subscribe(subscriber_, 1);
    running_.on(publisher_, [&] {
        publisher_.publish_with("a", "x", {.confirmation = 1});
        publisher_.port.leave(DropReason::connection_lost);
        publisher_.notes.clear();
    });
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=x"));
}

INSTANTIATE_TEST_SUITE_P(OnReactor, ConfirmedPublish, ::testing::Values(0U, 1U));

}  // namespace
}  // namespace telex::exchange
