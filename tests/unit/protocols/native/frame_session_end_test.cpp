// How a conversation ends: half-close, Goodbye, drain, silence, refusals of the connection.
#include "base/time.hpp"
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FrameSessionEnd : public TelexFixture {
protected:
    FrameSessionEnd() { transport_.answers_at_once = false; }
};

TEST_F(FrameSessionEnd, HalfCloseWithNothingOwedCloses) {
    open();
    send(testing::publish("a"));
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionEnd, HalfCloseBeforeHelloCloses) {
    start();
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(FrameSessionEnd, HalfCloseWaitsForTheAnswersOfRequests) {
    open();
    send(testing::request(1));
    send(testing::request(2));
    session_->on_end_of_input();
    transport_.answer(2, "two");
    EXPECT_FALSE(transport_.closed);
    session_->on_request_failed(1, v1::TIMEOUT);
    EXPECT_THAT(heard(), ElementsAre("answer 2 two", "failed 1 TIMEOUT"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionEnd, PeerThatIsGoneWaitsForNoReply) {
    open();
    send(testing::request(1));
    send(testing::flush(2));
    session_->on_end_of_input();
    EXPECT_FALSE(transport_.closed);
    session_->on_peer_gone();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionEnd, HalfCloseWaitsForEveryOtherAnswer) {
    open();
    send(testing::subscribe(1));
    send(testing::subscribe(2));
    session_->on_subscribed(2);
    send(testing::unsubscribe(2));
    send(testing::flush(3));
    session_->on_end_of_input();
    session_->on_unsubscribed(2, 0, 0);
    session_->on_flushed(3);
    EXPECT_FALSE(transport_.closed);
    session_->on_subscribed(1);
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
    EXPECT_THAT(
        heard(), ElementsAre("subscribed 2", "unsubscribed 2", "flushed 3", "subscribed 1")
    );
}

TEST_F(FrameSessionEnd, UnrelatedEndOfASubscriptionDoesNotCountAsTheAwaitedOne) {
    open();
    for (const std::uint64_t id : {1U, 2U}) {
        send(testing::subscribe(id));
        session_->on_subscribed(id);
    }
    send(testing::unsubscribe(1));
    session_->on_end_of_input();
    session_->on_unsubscribed(2, 5, 0);  // by its max_messages
    EXPECT_FALSE(transport_.closed);
    session_->on_unsubscribed(1, 5, 0);
    EXPECT_TRUE(transport_.closed);
}

TEST_F(FrameSessionEnd, DeliveriesGoOnWhileAnswersAreOwed) {
    open();
    send(testing::request(1));
    session_->on_end_of_input();
    (void)session_->deliver(testing::TestMessage("a", "x").delivery(5));
    EXPECT_EQ(transport_.deliveries.size(), 1U);
    transport_.answer(1, "one");
    (void)session_->deliver(testing::TestMessage("a", "x").delivery(5));
    EXPECT_EQ(transport_.deliveries.size(), 1U);
}

TEST_F(FrameSessionEnd, SubscriptionAloneDoesNotKeepAHalfClosedConnection) {
    open();
    send(testing::subscribe(1));
    session_->on_subscribed(1);
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionEnd, GoodbyeIsTheEndOfInput) {
    open();
    send(testing::request(1));
    send(testing::goodbye());
    EXPECT_FALSE(transport_.closed);
    send(testing::publish("a"));
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 1);
    transport_.answer(1, "one");
    EXPECT_THAT(heard(), ElementsAre("answer 1 one"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

// It could not answer, and does not stay for messages.
TEST_F(FrameSessionEnd, GoodbyeEndsSubscriptionsBeforeTheRepliesCome) {
    open();
    send(testing::subscribe(1));
    send(testing::request(1));
    send(testing::goodbye());
    EXPECT_FALSE(transport_.subscriptions_ended) << "Subscribe waits for its reply";
    session_->on_subscribed(1);
    EXPECT_TRUE(transport_.subscriptions_ended);
    EXPECT_FALSE(transport_.closed);
    transport_.answer(1, "one");
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionEnd, EndOfInputAfterGoodbyeChangesNothing) {
    open();
    send(testing::request(1));
    send(testing::goodbye());
    session_->on_end_of_input();
    EXPECT_FALSE(transport_.closed);
}

TEST_F(FrameSessionEnd, DrainSaysGoodbyeOnceAndFinishesWhatIsUnderWay) {
    open();
    send(testing::request(1));
    session_->on_drain();
    session_->on_drain();
    send(testing::publish("a"));
    send(testing::publish("_REPLY.1.2"));
    send(testing::ping(4));
    transport_.answer(1, "one");
    EXPECT_THAT(heard(), ElementsAre("goodbye reconnect", "pong 4", "answer 1 one"));
    EXPECT_EQ(transport_.published.size(), 2U);
    EXPECT_FALSE(transport_.closed);
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(FrameSessionEnd, DrainTakesNoMoreRequests) {
    open();
    session_->on_drain();
    heard();
    send(testing::request(1));
    EXPECT_THAT(heard(), ElementsAre("failed 1 SHUTTING_DOWN"));
    EXPECT_THAT(transport_.requests, IsEmpty());
}

// A client that has come back just before says what it wants, publishes to it, and asks whether
// that was routed: where publishes count, subscriptions that came before them do.
TEST_F(FrameSessionEnd, DrainStillTakesSubscriptions) {
    open();
    session_->on_drain();
    heard();
    send(testing::subscribe(1));
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_EQ(transport_.subscriptions.size(), 1U);
}

TEST_F(FrameSessionEnd, DrainBeforeHelloRefuses) {
    start();
    session_->on_drain();
    EXPECT_THAT(heard(), ElementsAre("closing SHUTTING_DOWN"));
    EXPECT_EQ(transport_.closed, CloseReason::shutting_down);
}

TEST_F(FrameSessionEnd, SilenceIsPingedOnceThenEnded) {
    open();
    transport_.pass(*options_.idle_timeout - std::chrono::milliseconds(1));
    EXPECT_THAT(heard(), IsEmpty());
    transport_.pass(std::chrono::milliseconds(1));
    transport_.pass(std::chrono::seconds(1));
    EXPECT_THAT(heard(), ElementsAre("ping 1"));
    transport_.pass(*options_.idle_timeout);
    EXPECT_THAT(heard(), ElementsAre("closing IDLE_TIMEOUT"));
    EXPECT_EQ(transport_.closed, CloseReason::idle_timeout);
}

// A daemon that stood still for long (a stopped process, a suspended machine) asks first all the
// same, and gives the answer its time.
TEST_F(FrameSessionEnd, PingsBeforeAnIdleTimeout) {
    open();
    transport_.pass(5 * *options_.idle_timeout);
    EXPECT_THAT(heard(), ElementsAre("ping 1"));
    transport_.pass(*options_.idle_timeout - std::chrono::milliseconds(1));
    EXPECT_FALSE(transport_.closed);
    transport_.pass(std::chrono::milliseconds(1));
    EXPECT_THAT(heard(), ElementsAre("closing IDLE_TIMEOUT"));
}

TEST_F(FrameSessionEnd, AByteEndsTheSilence) {
    open();
    transport_.pass(*options_.idle_timeout);
    transport_.received = transport_.time;
    transport_.pass(*options_.idle_timeout);
    transport_.received = transport_.time;
    EXPECT_THAT(heard(), ElementsAre("ping 1", "ping 2"));
    EXPECT_FALSE(transport_.closed);
}

// The time limits need no check before this; then one is due.
TEST_F(FrameSessionEnd, TellsWhenItsNextLimitEnds) {
    start();
    EXPECT_EQ(session_->next_deadline(), transport_.time + options_.hello_timeout);
    send(testing::hello());
    EXPECT_EQ(session_->next_deadline(), transport_.time + *options_.idle_timeout);
    transport_.pass(*options_.idle_timeout);
    EXPECT_EQ(session_->next_deadline(), transport_.time + *options_.idle_timeout)
        << "for the Pong";
    transport_.time = session_->next_deadline();
    session_->on_tick();
    EXPECT_EQ(transport_.closed, CloseReason::idle_timeout);
    EXPECT_EQ(session_->next_deadline(), TimePoint::max());
}

TEST_F(FrameSessionEnd, AHalfClosedClientIsNotPinged) {
    open();
    send(testing::request(1));
    session_->on_end_of_input();
    transport_.pass(3 * *options_.idle_timeout);
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_FALSE(transport_.closed);
}

TEST_F(FrameSessionEnd, RefusalOfTheConnectionIsWrittenAndNotCounted) {
    open();
    session_->refuse(
        {.code = v1::SLOW_CONSUMER,
         .text = "too slow",
         .closing = true,
         .subscription = 3,
         .pending_bytes = 100,
         .limit = 50}
    );
    const v1::Error error = last_frame().error();
    EXPECT_EQ(error.code(), v1::SLOW_CONSUMER);
    EXPECT_TRUE(error.closing());
    EXPECT_EQ(error.subscription(), 3U);
    EXPECT_EQ(error.pending_bytes(), 100U);
    EXPECT_EQ(error.limit(), 50U);
    EXPECT_TRUE(transport_.refusals.empty());
    EXPECT_FALSE(transport_.closed);
}

}  // namespace
}  // namespace telex::session::native
