// Members of consumers in the native protocol: Consume, Acknowledge, deliveries with a position.
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdint>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Consumers : public TelexFixture {
protected:
    void consume(std::uint64_t id) {
        send(testing::consume(id));
        (void)heard();
    }

    // The only one so far.
    const broker::Acknowledgement& acknowledgement() {
        EXPECT_EQ(transport_.acknowledgements.size(), 1U);
        return transport_.acknowledgements.back();
    }
};

TEST_F(Consumers, AreJoinedByConsume) {
    open();
    v1::Frame frame = testing::consume(5);
    frame.mutable_consume()->mutable_create()->add_filters("log.>");
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("subscribed 5"));
    const broker::ConsumeSpec& spec = transport_.members.at(5);
    EXPECT_EQ(spec.stream, "LOG");
    EXPECT_EQ(spec.consumer, "workers");
    EXPECT_EQ(spec.credit, 100U);
    EXPECT_TRUE(spec.creates);
    v1::ConsumerConfig config;
    ASSERT_TRUE(config.ParseFromString(spec.create));
    EXPECT_THAT(config.filters(), ElementsAre("log.>"));
}

TEST_F(Consumers, AreNotCreatedWithoutSettings) {
    open();
    consume(5);
    EXPECT_FALSE(transport_.members.at(5).creates);
    v1::Frame frame = testing::consume(6);
    frame.mutable_consume()->mutable_create();
    send(frame);
    EXPECT_TRUE(transport_.members.at(6).creates) << "settings that are all defaults";
}

TEST_F(Consumers, NeedAStreamAndCredit) {
    open();
    v1::Frame frame = testing::consume(5);
    frame.mutable_consume()->clear_stream();
    send(frame);
    EXPECT_EQ(last_frame().error().subscription(), 5U);
    frame = testing::consume(6);
    frame.mutable_consume()->clear_credit();
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("error BAD_CONSUMER", "error BAD_CONSUMER"));
    EXPECT_THAT(transport_.members, IsEmpty());
}

TEST_F(Consumers, ShareTheirIdsWithSubscriptions) {
    open();
    send(testing::subscribe(4));
    consume(5);
    send(testing::consume(4));
    send(testing::consume(5));
    send(testing::consume(0));
    send(testing::subscribe(5));
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "error BAD_SUBSCRIPTION",
            "error BAD_SUBSCRIPTION",
            "error BAD_SUBSCRIPTION",
            "error BAD_SUBSCRIPTION"
        )
    );
}

TEST_F(Consumers, CountAsSubscriptions) {
    options_.max_subscriptions = 2;
    open();
    send(testing::subscribe(4));
    consume(5);
    send(testing::consume(6));
    send(testing::subscribe(7));
    EXPECT_THAT(
        heard(), ElementsAre("error TOO_MANY_SUBSCRIPTIONS", "error TOO_MANY_SUBSCRIPTIONS")
    );
}

TEST_F(Consumers, AreRefusedByTheExchange) {
    transport_.refuses_subscriptions = true;
    open();
    send(testing::consume(5));
    EXPECT_THAT(heard(), ElementsAre("error NO_CONSUMER"));
    EXPECT_FALSE(transport_.closed);
}

TEST_F(Consumers, AreLeftByUnsubscribe) {
    open();
    consume(5);
    send(testing::credit(5, 30));
    EXPECT_EQ(transport_.credit[5], 30U);
    send(testing::unsubscribe(5));
    EXPECT_THAT(heard(), ElementsAre("unsubscribed 5"));
    send(testing::credit(5, 30));
    EXPECT_THAT(heard(), ElementsAre("error BAD_SUBSCRIPTION"));
}

TEST_F(Consumers, KeepAHalfClosedSessionUntilTheyAreAnswered) {
    transport_.answers_at_once = false;
    open();
    send(testing::consume(5));
    session_->on_end_of_input();
    EXPECT_FALSE(transport_.closed);
    session_->on_subscribed(5);
    EXPECT_THAT(heard(), ElementsAre("subscribed 5"));
    EXPECT_TRUE(transport_.subscriptions_ended);
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(Consumers, DeliverWithAPosition) {
    open();
    consume(5);
    const testing::TestMessage message("log.a", "x");
    EXPECT_TRUE(session_->deliver_stored(
        {.subscription = 5,
         .subject = "log.a",
         .body = message.body(),
         .position = {.sequence = 41, .unix_nanoseconds = 12, .attempt = 2, .redelivered = true}}
    ));
    const v1::Frame frame = testing::parse_binary(transport_.deliveries.at(0));
    EXPECT_EQ(frame.subscription(), 5U);
    EXPECT_EQ(frame.message().subject(), "log.a");
    EXPECT_EQ(frame.position().sequence(), 41U);
    EXPECT_EQ(frame.position().unix_nanoseconds(), 12);
    EXPECT_EQ(frame.position().attempt(), 2U);
    EXPECT_TRUE(frame.position().redelivered());
}

TEST_F(Consumers, DeliverNothingAfterTheEnd) {
    open();
    consume(5);
    send(v1::Frame{});
    const testing::TestMessage message("log.a", "x");
    const SendResult sent =
        session_->deliver_stored({.subscription = 5, .subject = "log.a", .body = message.body()});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().reason, DropReason::connection_lost);
}

TEST_F(Consumers, TakeAnAcknowledgement) {
    open();
    consume(5);
    send(testing::acknowledge(5, 41));
    EXPECT_EQ(acknowledgement().subscription, 5U);
    EXPECT_EQ(acknowledgement().first, 41U);
    EXPECT_EQ(acknowledgement().last, 41U);
    EXPECT_EQ(acknowledgement().outcome, v1::Acknowledge::ACK);
    EXPECT_THAT(heard(), IsEmpty()) << "it is not answered";
}

TEST_F(Consumers, TakeAnAcknowledgementOfARange) {
    open();
    consume(5);
    v1::Frame frame = testing::acknowledge(5, 41);
    frame.mutable_acknowledge()->set_through(44);
    send(frame);
    EXPECT_EQ(acknowledgement().first, 41U);
    EXPECT_EQ(acknowledgement().last, 44U);
}

TEST_F(Consumers, TakeANegativeAcknowledgementWithItsDelay) {
    open();
    consume(5);
    v1::Frame frame = testing::acknowledge(5, 41, v1::Acknowledge::NAK);
    frame.mutable_acknowledge()->set_delay_ms(30);
    send(frame);
    EXPECT_EQ(acknowledgement().outcome, v1::Acknowledge::NAK);
    EXPECT_EQ(acknowledgement().delay, std::chrono::milliseconds(30));
}

TEST_F(Consumers, BoundTheDelay) {
    open();
    consume(5);
    v1::Frame frame = testing::acknowledge(5, 41, v1::Acknowledge::NAK);
    frame.mutable_acknowledge()->set_delay_ms(UINT64_MAX);
    send(frame);
    EXPECT_EQ(acknowledgement().delay, std::chrono::hours(24 * 365));
}

TEST_F(Consumers, RefuseAnAcknowledgementOfNothing) {
    open();
    consume(5);
    send(testing::acknowledge(5, 0));
    v1::Frame frame = testing::acknowledge(5, 41);
    frame.mutable_acknowledge()->set_through(40);
    send(frame);
    send(testing::acknowledge(5, 41, static_cast<v1::Acknowledge::Outcome>(9)));
    EXPECT_THAT(
        heard(), ElementsAre("error BAD_REQUEST", "error BAD_REQUEST", "error BAD_REQUEST")
    );
    EXPECT_THAT(transport_.acknowledgements, IsEmpty());
}

TEST_F(Consumers, AreNotPossibleOverDatagrams) {
    options_.datagram = true;
    open();
    send(testing::consume(5));
    send(testing::acknowledge(5, 1));
    EXPECT_THAT(heard(), ElementsAre("error NOT_ALLOWED_HERE", "error NOT_ALLOWED_HERE"));
    EXPECT_THAT(transport_.members, IsEmpty());
    EXPECT_THAT(transport_.acknowledgements, IsEmpty());
}

TEST_F(Consumers, HaveTheRightsOfTheUser) {
    access::User user;
    user.subscribe = {.allow = {"log.>", "all.>"}, .deny = {"all.secret"}};
    user.publish = {.allow = {"dead.>"}, .deny = {}};
    {
        transport_.is_user = &user;
        open();
        consume(5);
        transport_.is_user = nullptr;
    }
    const broker::ConsumeSpec spec = transport_.members.at(5);
    user = {};  // the storage may ask later
    EXPECT_TRUE(spec.may_subscribe("log.a"));
    EXPECT_TRUE(spec.may_subscribe("log.>"));
    EXPECT_FALSE(spec.may_subscribe(">"));
    EXPECT_FALSE(spec.may_subscribe("all.>")) << "a part of it is denied";
    EXPECT_TRUE(spec.may_subscribe("all.a"));
    EXPECT_FALSE(spec.may_subscribe("all.secret"));
    EXPECT_TRUE(spec.may_publish("dead.letters"));
    EXPECT_FALSE(spec.may_publish("log.a"));
}

TEST_F(Consumers, MayReadEverythingButEventsWithoutUsers) {
    open();
    consume(5);
    const broker::ConsumeSpec& spec = transport_.members.at(5);
    EXPECT_TRUE(spec.may_subscribe(">"));
    EXPECT_FALSE(spec.may_subscribe("$SYS.event.>"));
    EXPECT_TRUE(spec.may_publish("dead.letters"));
}

TEST_F(Consumers, AreNotSpokenForByAClient) {
    open();
    v1::Frame frame = testing::publish("log.a");
    frame.mutable_position()->set_sequence(1);
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("closing UNEXPECTED_FRAME"));
}

TEST_F(Consumers, RefuseAControlWithAPosition) {
    open();
    v1::Frame frame = testing::consume(5);
    frame.mutable_position()->set_sequence(1);
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("closing UNEXPECTED_FRAME"));
}

}  // namespace
}  // namespace telex::session::native
