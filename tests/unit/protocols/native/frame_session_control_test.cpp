// Opening a session, subscriptions, flushes, pings: the controls of the conversation.
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using FrameSessionControl = TelexFixture;

// --- Hello --------------------------------------------------------------------------------------

TEST_F(FrameSessionControl, WelcomeTellsTheLimits) {
    options_.server_name = "front";
    options_.server_version = "1.2";
    options_.max_subscriptions = 77;
    start();
    send(testing::hello());
    const v1::Welcome welcome = last_frame().welcome();
    EXPECT_EQ(welcome.version(), 1U);
    EXPECT_EQ(welcome.server_name(), "front");
    EXPECT_EQ(welcome.server_version(), "1.2");
    EXPECT_EQ(welcome.session_id(), "12");
    EXPECT_EQ(welcome.limits().max_frame_bytes(), options_.max_frame_bytes);
    EXPECT_EQ(welcome.limits().max_subject_bytes(), 1024U);
    EXPECT_EQ(welcome.limits().max_subject_tokens(), 32U);
    EXPECT_EQ(welcome.limits().max_subscriptions(), 77U);
    EXPECT_EQ(welcome.limits().max_pending_requests(), 10'000U);
    EXPECT_EQ(welcome.limits().max_request_timeout_ms(), 300'000U);
    EXPECT_EQ(welcome.limits().idle_timeout_ms(), 300'000U);
    EXPECT_EQ(welcome.limits().max_headers(), 32U);
}

TEST_F(FrameSessionControl, NegotiatesDownToTheVersionThatBothSpeak) {
    start();
    send(testing::hello(9));
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
}

TEST_F(FrameSessionControl, TakesAHelloWithoutAVersionAsOneOfItsOwn) {
    start();
    send(testing::hello(0));
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
}

TEST_F(FrameSessionControl, RefusesASecondHello) {
    open();
    send(testing::hello());
    EXPECT_THAT(heard(), ElementsAre("closing HELLO_REPEATED"));
}

TEST_F(FrameSessionControl, FirstFrameMustBeHello) {
    for (const v1::Frame& frame :
         {testing::publish("a"), testing::subscribe(1), testing::ping(1), testing::request(1)}) {
        transport_ = {};
        start();
        send(frame);
        EXPECT_THAT(heard(), ElementsAre("closing HELLO_REQUIRED")) << frame.ShortDebugString();
        EXPECT_EQ(transport_.closed, CloseReason::protocol_violation);
        EXPECT_THAT(transport_.published, IsEmpty());
    }
}

TEST_F(FrameSessionControl, RefusesALargeFrameBeforeHello) {
    options_.max_frame_bytes_before_hello = 100;
    start();
    v1::Frame frame = testing::hello();
    frame.mutable_hello()->set_client_name(std::string(100, 'n'));
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("closing FRAME_TOO_LARGE"));
    EXPECT_EQ(transport_.closed, CloseReason::frame_too_large);
}

TEST_F(FrameSessionControl, RefusesALargeControlAfterHello) {
    options_.max_frame_bytes_before_hello = 100;
    open();
    send(testing::publish("a", std::string(1000, 'p')));
    EXPECT_EQ(transport_.published.size(), 1U);
    send(testing::subscribe(1, std::string(200, 'f')));
    EXPECT_THAT(heard(), ElementsAre("closing FRAME_TOO_LARGE"));
}

TEST_F(FrameSessionControl, ClosesWithoutHelloInTime) {
    start();
    transport_.pass(options_.hello_timeout - std::chrono::milliseconds(1));
    EXPECT_FALSE(transport_.closed);
    transport_.pass(std::chrono::milliseconds(1));
    EXPECT_THAT(heard(), ElementsAre("closing HELLO_TIMEOUT"));
    EXPECT_EQ(transport_.closed, CloseReason::hello_timeout);
    EXPECT_EQ(transport_.refusals[v1::HELLO_TIMEOUT], 1);
}

TEST_F(FrameSessionControl, PassesOnAPrintableShortClientName) {
    start();
    v1::Frame frame = testing::hello();
    frame.mutable_hello()->set_client_name("worker\n" + std::string(1000, 'x'));
    send(frame);
    EXPECT_EQ(transport_.client_name, "worker\\x0a" + std::string(54, 'x'));
}

// --- subscriptions ------------------------------------------------------------------------------

TEST_F(FrameSessionControl, SubscribePassesOnWhatTheClientSaid) {
    start();
    v1::Frame greeting = testing::hello();
    greeting.mutable_hello()->set_no_echo(true);
    send(greeting);
    v1::Frame frame = testing::subscribe(5, "a.*.>");
    frame.mutable_subscribe()->set_queue_group("workers");
    frame.mutable_subscribe()->set_slow_policy(v1::SLOW_POLICY_DROP_OLDEST);
    frame.mutable_subscribe()->set_credit(10);
    frame.mutable_subscribe()->set_max_messages(20);
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("welcome 1", "subscribed 5"));
    const SubscriptionSpec& spec = transport_.subscriptions.at(5);
    EXPECT_EQ(spec.filter, "a.*.>");
    EXPECT_EQ(spec.queue_group, "workers");
    EXPECT_EQ(spec.slow_policy, v1::SLOW_POLICY_DROP_OLDEST);
    EXPECT_EQ(spec.credit, 10U);
    EXPECT_EQ(spec.max_messages, 20U);
    EXPECT_TRUE(spec.no_echo);
    EXPECT_FALSE(spec.sees_reserved);
}

TEST_F(FrameSessionControl, ConfirmsASubscriptionWhenItIsActive) {
    transport_.answers_at_once = false;
    open();
    send(testing::subscribe(5));
    EXPECT_THAT(heard(), IsEmpty());
    session_->on_subscribed(5);
    session_->on_subscribed(5);
    EXPECT_THAT(heard(), ElementsAre("subscribed 5"));
}

TEST_F(FrameSessionControl, RefusesSubscriptionsWithAReason) {
    open();
    send(testing::subscribe(0));
    send(testing::subscribe(1, "a..b"));
    send(testing::subscribe(1, "foo*"));
    send(testing::subscribe(1, "_REPLY.>"));
    send(testing::subscribe(1, "_REPLY"));
    v1::Frame group = testing::subscribe(1);
    group.mutable_subscribe()->set_queue_group("a b");
    send(group);
    v1::Frame policy = testing::subscribe(1);
    policy.mutable_subscribe()->set_slow_policy(static_cast<v1::SlowPolicy>(99));
    send(policy);
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "error BAD_SUBSCRIPTION",
            "error BAD_SUBJECT",
            "error BAD_SUBJECT",
            "error RESERVED_SUBJECT",
            "error RESERVED_SUBJECT",
            "error BAD_QUEUE_GROUP",
            "error BAD_SUBSCRIPTION"
        )
    );
    EXPECT_TRUE(transport_.subscriptions.empty());
}

TEST_F(FrameSessionControl, RefusalOfASubscriptionNamesIt) {
    open();
    send(testing::subscribe(5, "a..b"));
    EXPECT_EQ(last_frame().error().subscription(), 5U);
}

TEST_F(FrameSessionControl, SubscribesToTheExchangesOwnSubjects) {
    open();
    send(testing::subscribe(1, "$SYS.other.>"));
    send(testing::subscribe(2, "$OTHER.>"));
    EXPECT_THAT(heard(), ElementsAre("subscribed 1", "subscribed 2"));
}

// They name clients and their addresses.
TEST_F(FrameSessionControl, WithoutUsersOnlyTheOwnerReceivesEvents) {
    open();
    for (const char* filter :
         {"$SYS.event.connect", "$SYS.json.event.>", "$SYS.>", "$SYS.*.reload"}) {
        send(testing::subscribe(1, filter));
        EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED")) << filter;
    }
    send(testing::subscribe(1, ">"));
    EXPECT_THAT(heard(), ElementsAre("subscribed 1")) << "which selects none of them";
    transport_.owner = true;
    send(testing::subscribe(2, "$SYS.event.>"));
    EXPECT_THAT(heard(), ElementsAre("subscribed 2"));
}

TEST_F(FrameSessionControl, RefusesASubscriptionIdInUseUntilItsEndWasTold) {
    transport_.answers_at_once = false;
    open();
    send(testing::subscribe(5));
    send(testing::subscribe(5));
    session_->on_subscribed(5);
    send(testing::unsubscribe(5));
    send(testing::subscribe(5));
    session_->on_unsubscribed(5, 3, 1);
    send(testing::subscribe(5));
    session_->on_subscribed(5);
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "error BAD_SUBSCRIPTION",
            "subscribed 5",
            "error BAD_SUBSCRIPTION",
            "unsubscribed 5",
            "subscribed 5"
        )
    );
}

TEST_F(FrameSessionControl, BoundsTheSubscriptions) {
    options_.max_subscriptions = 2;
    open();
    send(testing::subscribe(1));
    send(testing::subscribe(2));
    send(testing::subscribe(3));
    EXPECT_THAT(
        heard(), ElementsAre("subscribed 1", "subscribed 2", "error TOO_MANY_SUBSCRIPTIONS")
    );
}

TEST_F(FrameSessionControl, BoundsThePlacesOfWildcards) {
    options_.max_wildcard_patterns = 2;
    open();
    send(testing::subscribe(1, "a.*"));
    send(testing::subscribe(2, "b.*"));
    send(testing::subscribe(3, "*.a"));
    send(testing::subscribe(4, "*.*"));
    send(testing::subscribe(5, "a.b"));
    send(testing::subscribe(6, "*.c"));
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "subscribed 1",
            "subscribed 2",
            "subscribed 3",
            "error TOO_MANY_SUBSCRIPTIONS",
            "subscribed 5",
            "subscribed 6"
        )
    );
}

TEST_F(FrameSessionControl, BoundsTheSubscriptionsWhoseEndIsNotTold) {
    options_.max_subscriptions = 1;
    transport_.answers_at_once = false;
    open();
    send(testing::subscribe(1));
    session_->on_subscribed(1);
    send(testing::unsubscribe(1));
    send(testing::subscribe(2));
    EXPECT_THAT(heard(), ElementsAre("subscribed 1", "error TOO_MANY_SUBSCRIPTIONS"));
}

TEST_F(FrameSessionControl, RefusesToEndOrCreditAnUnknownSubscription) {
    open();
    send(testing::unsubscribe(0));
    send(testing::unsubscribe(9));
    send(testing::credit(9, 1));
    EXPECT_THAT(
        heard(),
        ElementsAre("error BAD_SUBSCRIPTION", "error BAD_SUBSCRIPTION", "error BAD_SUBSCRIPTION")
    );
}

TEST_F(FrameSessionControl, UnsubscribedTellsTheFigures) {
    transport_.answers_at_once = false;
    open();
    send(testing::subscribe(5));
    session_->on_subscribed(5);
    send(testing::unsubscribe(5));
    send(testing::unsubscribe(5));
    send(testing::credit(5, 1));
    session_->on_unsubscribed(5, 30, 4);
    const v1::Frame frame = last_frame();
    EXPECT_EQ(frame.unsubscribed().delivered(), 30U);
    EXPECT_EQ(frame.unsubscribed().dropped(), 4U);
    EXPECT_THAT(
        heard(),
        ElementsAre(
            "subscribed 5", "error BAD_SUBSCRIPTION", "error BAD_SUBSCRIPTION", "unsubscribed 5"
        )
    );
}

TEST_F(FrameSessionControl, EachSubscribeIsAnsweredAlsoWhenItEndsAtOnce) {
    transport_.answers_at_once = false;
    open();
    send(testing::subscribe(5));
    session_->on_unsubscribed(5, 1, 0);
    session_->on_subscribed(5);
    EXPECT_THAT(heard(), ElementsAre("subscribed 5", "unsubscribed 5"));
}

TEST_F(FrameSessionControl, ExchangeMayRefuseASubscription) {
    transport_.refuses_subscriptions = true;
    open();
    send(testing::subscribe(5));
    EXPECT_THAT(heard(), ElementsAre("error BAD_SUBJECT"));
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionControl, CreditIsPassedOn) {
    open();
    send(testing::subscribe(5));
    send(testing::credit(5, 10));
    send(testing::credit(5, 0));
    EXPECT_EQ(transport_.credit[5], 10U);
    EXPECT_THAT(heard(), ElementsAre("subscribed 5"));
}

// --- the rest -----------------------------------------------------------------------------------

TEST_F(FrameSessionControl, PingIsAnsweredWithItsNonce) {
    open();
    send(testing::ping(42));
    EXPECT_THAT(heard(), ElementsAre("pong 42"));
}

TEST_F(FrameSessionControl, PongIsNotAnswered) {
    open();
    send(testing::pong(42));
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(FrameSessionControl, FlushIsAnsweredWhenItIsDone) {
    transport_.answers_at_once = false;
    open();
    send(testing::flush(3));
    EXPECT_THAT(heard(), IsEmpty());
    session_->on_flushed(3);
    session_->on_flushed(3);
    EXPECT_THAT(heard(), ElementsAre("flushed 3"));
}

TEST_F(FrameSessionControl, BoundsTheFlushesThatWait) {
    options_.max_pending_requests = 1;
    transport_.answers_at_once = false;
    open();
    send(testing::flush(1));
    send(testing::flush(2));
    EXPECT_THAT(heard(), ElementsAre("error TOO_MANY_REQUESTS"));
    EXPECT_THAT(transport_.flushed, ElementsAre(1U));
}

// --- datagrams ----------------------------------------------------------------------------------

class DatagramSession : public TelexFixture {
protected:
    DatagramSession() { options_.datagram = true; }
};

TEST_F(DatagramSession, NeedsNoHello) {
    start();
    send(testing::publish("a"));
    send(testing::request(1));
    transport_.answer(1, "yes");
    send(testing::flush(2));
    EXPECT_EQ(transport_.published.size(), 1U);
    EXPECT_THAT(heard(), ElementsAre("answer 1 yes", "flushed 2"));
}

TEST_F(DatagramSession, EachHelloIsWelcome) {
    start();
    send(testing::hello());
    send(testing::hello());
    EXPECT_THAT(heard(), ElementsAre("welcome 1", "welcome 1"));
}

TEST_F(DatagramSession, HasNoSubscriptions) {
    start();
    send(testing::subscribe(1));
    send(testing::unsubscribe(1));
    send(testing::credit(1, 1));
    EXPECT_THAT(
        heard(),
        ElementsAre("error NOT_ALLOWED_HERE", "error NOT_ALLOWED_HERE", "error NOT_ALLOWED_HERE")
    );
    EXPECT_EQ(transport_.refusals[v1::NOT_ALLOWED_HERE], 3);
}

TEST_F(DatagramSession, IsSilentAboutBytesThatAreNotTheProtocol) {
    start();
    send_bytes("\xff");
    send_bytes("");
    v1::Frame error;
    error.mutable_error()->set_code(v1::BAD_MESSAGE);
    send(error);
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_FALSE(transport_.closed);
    EXPECT_EQ(transport_.refusals[v1::BAD_MESSAGE], 1);
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 2);
    send(testing::publish("a"));
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(DatagramSession, GoodbyeEndsNothing) {
    start();
    send(testing::request(1));
    send(testing::goodbye());
    transport_.answer(1, "yes");
    EXPECT_THAT(heard(), ElementsAre("answer 1 yes"));
    EXPECT_FALSE(transport_.closed);
}

TEST_F(DatagramSession, EndsInSilenceWhenNoAnswerIsOwed) {
    start();
    send(testing::request(1));
    transport_.pass(2 * *options_.idle_timeout);
    EXPECT_FALSE(transport_.closed);
    transport_.answer(1, "yes");
    heard();
    transport_.pass(std::chrono::seconds(1));
    EXPECT_EQ(transport_.closed, CloseReason::idle_timeout);
    EXPECT_THAT(heard(), IsEmpty());
}

}  // namespace
}  // namespace telex::session::native
