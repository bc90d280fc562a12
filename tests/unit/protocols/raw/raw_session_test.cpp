// The raw protocol: what becomes of frames, answers in order, and how it ends.
#include "protocols/raw/raw_session.hpp"

#include "base/time.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::milliseconds kIdle{60'000};

class RawSessionTest : public ::testing::Test {
protected:
    RawSessionTest() { options_.idle_timeout.reset(); }

    void start() {
        options_.protocol = raw_;
        session_ = std::make_unique<RawSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    void frames(std::initializer_list<std::string_view> payloads) {
        for (const std::string_view payload : payloads) {
            session_->on_frame({payload, nullptr});
        }
    }

    // A session that asks, with three requests out: 1, 2 and 3.
    void ask_three() {
        raw_.request = "svc.a";
        start();
        frames({"one", "two", "three"});
        ASSERT_EQ(transport_.requests.size(), 3U);
    }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    RawOptions raw_;
    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<RawSession> session_;
};

// --- publish and subscribe ----------------------------------------------------------------------

TEST_F(RawSessionTest, PublishesEachFrameOnTheSubjectOfItsPeer) {
    raw_.publish = "log.{transport}.{peer}";
    start();
    frames({"one", ""});
    ASSERT_EQ(transport_.published.size(), 2U);
    EXPECT_EQ(transport_.published[0].subject, "log.tcp.192-0-2-7");
    EXPECT_EQ(transport_.published[0].payload, "one");
    EXPECT_EQ(transport_.published[1].payload, "");
    EXPECT_TRUE(transport_.subscriptions.empty());
}

TEST_F(RawSessionTest, PublishesWhatTheGeneratedParserReads) {
    raw_.publish = "a.b";
    start();
    frames({"payload"});
    v1::Message message;
    ASSERT_TRUE(message.ParseFromString(transport_.published.at(0).body));
    EXPECT_EQ(message.subject(), "a.b");
    EXPECT_EQ(message.payload(), "payload");
}

TEST_F(RawSessionTest, WritesMessagesAsFrames) {
    raw_.subscribe = "cmd.{listener}.>";
    raw_.queue_group = "workers";
    start();
    EXPECT_EQ(transport_.subscriptions.at(1).filter, "cmd.front.>");
    EXPECT_EQ(transport_.subscriptions.at(1).queue_group, "workers");
    (void)session_->deliver(testing::TestMessage("cmd.front.x", "go").delivery(1, "_REPLY.1"));
    EXPECT_THAT(transport_.deliveries, ElementsAre("go"));
    EXPECT_THAT(transport_.delivered_to, ElementsAre(1U));
}

TEST_F(RawSessionTest, FramesOfAListenerAreDroppedAndCounted) {
    raw_.subscribe = "cmd.>";
    start();
    frames({"hello"});
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_EQ(transport_.refusals[v1::NOT_ALLOWED_HERE], 1);
}

TEST_F(RawSessionTest, ReceivesItsOwnMessagesOnlyWithEcho) {
    raw_.publish = "chat.room";
    raw_.subscribe = "chat.room";
    start();
    EXPECT_TRUE(transport_.subscriptions.at(1).no_echo);
    transport_ = {};
    raw_.echo = true;
    start();
    EXPECT_FALSE(transport_.subscriptions.at(1).no_echo);
}

TEST_F(RawSessionTest, SubscriptionThatTheExchangeRefusesEndsTheSession) {
    transport_.refuses_subscriptions = true;
    raw_.subscribe = "cmd.>";
    start();
    EXPECT_EQ(transport_.closed, CloseReason::internal_error);
    EXPECT_EQ(transport_.close_detail, "no room");
}

TEST_F(RawSessionTest, PeerWhoseSubjectWouldBeTooLongIsClosed) {
    raw_.publish = "log.{peer}";
    raw_.subscribe = "log.>";
    options_.subject.max_bytes = 20;
    transport_.facts.host = std::string(50, 'h');
    start();
    EXPECT_EQ(transport_.closed, CloseReason::internal_error);
    EXPECT_THAT(transport_.close_detail, HasSubstr("log.{peer}"));
    EXPECT_TRUE(transport_.subscriptions.empty());
    frames({"late"});
    EXPECT_THAT(transport_.published, IsEmpty());
}

// --- requests -----------------------------------------------------------------------------------

TEST_F(RawSessionTest, EachFrameIsARequest) {
    raw_.request = "$SYS.echo";
    raw_.request_timeout = std::chrono::milliseconds(123);
    transport_.instant_answer = "same";
    start();
    frames({"same"});
    EXPECT_EQ(transport_.requests.at(0).subject, "$SYS.echo");
    EXPECT_EQ(transport_.requests.at(0).payload, "same");
    EXPECT_EQ(transport_.requests.at(0).timeout, std::chrono::milliseconds(123));
    EXPECT_THAT(transport_.controls, ElementsAre("same"));
}

TEST_F(RawSessionTest, TimeoutStaysWithinTheLimitOfAll) {
    raw_.request = "svc.a";
    raw_.request_timeout = std::chrono::hours(10);
    start();
    frames({"x"});
    EXPECT_EQ(transport_.requests.at(0).timeout, options_.max_request_timeout);
}

TEST_F(RawSessionTest, AnswersAreWrittenInTheOrderOfTheFrames) {
    ask_three();
    transport_.answer(3, "c");
    transport_.answer(2, "b");
    EXPECT_THAT(transport_.controls, IsEmpty());
    transport_.answer(1, "a");
    EXPECT_THAT(transport_.controls, ElementsAre("a", "b", "c"));
}

TEST_F(RawSessionTest, EmptyAnswersKeepTheirPlace) {
    ask_three();
    transport_.answer(2, "");
    transport_.answer(1, "");
    transport_.answer(3, "c");
    EXPECT_THAT(transport_.controls, ElementsAre("", "", "c"));
}

TEST_F(RawSessionTest, SecondAnswerIsDropped) {
    ask_three();
    transport_.answer(2, "b");
    transport_.answer(2, "again");
    transport_.answer(1, "a");
    transport_.answer(1, "again");
    EXPECT_THAT(transport_.controls, ElementsAre("a", "b"));
}

TEST_F(RawSessionTest, FailedRequestEndsTheConnectionAfterTheEarlierAnswers) {
    ask_three();
    transport_.answer(3, "c");
    session_->on_request_failed(2, v1::NO_RESPONDERS);
    EXPECT_FALSE(transport_.closed);
    frames({"four"});
    EXPECT_EQ(transport_.requests.size(), 3U);
    EXPECT_EQ(transport_.refusals[v1::NO_RESPONDERS], 1) << "the frame that came too late";
    transport_.answer(1, "a");
    EXPECT_THAT(transport_.controls, ElementsAre("a"));
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
    EXPECT_THAT(transport_.close_detail, HasSubstr("no client is subscribed"));
    transport_.answer(3, "c");
    EXPECT_THAT(transport_.controls, ElementsAre("a"));
}

TEST_F(RawSessionTest, FailureOfTheOldestClosesAtOnce) {
    ask_three();
    session_->on_request_failed(1, v1::TIMEOUT);
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
    EXPECT_THAT(transport_.controls, IsEmpty());
}

TEST_F(RawSessionTest, EarlierFailureAfterALaterOneShortensTheRest) {
    ask_three();
    session_->on_request_failed(3, v1::TIMEOUT);
    session_->on_request_failed(1, v1::RESPONDER_GONE);
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
}

TEST_F(RawSessionTest, TooManyRequestsEndTheConnectionAfterTheAnswers) {
    options_.max_pending_requests = 3;
    ask_three();
    frames({"four"});
    EXPECT_EQ(transport_.refusals[v1::TOO_MANY_REQUESTS], 1);
    EXPECT_FALSE(transport_.closed);
    transport_.answer(1, "a");
    transport_.answer(2, "b");
    transport_.answer(3, "c");
    EXPECT_THAT(transport_.controls, ElementsAre("a", "b", "c"));
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
}

TEST_F(RawSessionTest, BoundsTheBytesOfAnswersThatWaitForAnOlderOne) {
    options_.max_frame_bytes = 10;
    ask_three();
    transport_.answer(3, std::string(80, 'c'));
    EXPECT_FALSE(transport_.closed);
    transport_.answer(2, "b");
    EXPECT_EQ(transport_.closed, CloseReason::memory_budget);
    EXPECT_EQ(transport_.refusals[v1::OVER_MEMORY_BUDGET], 1);
}

TEST_F(RawSessionTest, ReportsTheAnswersThatWaitForAnOlderOne) {
    ask_three();
    EXPECT_EQ(transport_.held_replies, HeldReplies());
    transport_.answer(3, std::string(1'000, 'c'));
    EXPECT_EQ(transport_.held_replies.count, 1U);
    EXPECT_GE(transport_.held_replies.memory, 1'000U);
    transport_.answer(2, "b");
    EXPECT_EQ(transport_.held_replies.count, 2U);
    transport_.answer(1, "a");
    EXPECT_EQ(transport_.held_replies, HeldReplies());
}

TEST_F(RawSessionTest, ReportsTheAnswersThatAreLostWithAnOlderOne) {
    ask_three();
    transport_.answer(3, "c");
    session_->on_request_failed(2, v1::TIMEOUT);
    EXPECT_EQ(transport_.held_replies, HeldReplies());
    EXPECT_EQ(transport_.lost_replies[DropReason::connection_lost], 1U);
    transport_.answer(1, "a");
}

// --- the end ------------------------------------------------------------------------------------

TEST_F(RawSessionTest, HalfCloseWaitsForTheAnswers) {
    ask_three();
    session_->on_end_of_input();
    transport_.answer(1, "a");
    transport_.answer(2, "b");
    EXPECT_FALSE(transport_.closed);
    transport_.answer(3, "c");
    EXPECT_THAT(transport_.controls, ElementsAre("a", "b", "c"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(RawSessionTest, HalfCloseEndsSubscriptionsBeforeTheAnswersCome) {
    raw_.subscribe = "news";
    ask_three();
    ASSERT_EQ(transport_.subscriptions.size(), 1U);
    session_->on_end_of_input();
    EXPECT_TRUE(transport_.subscriptions_ended);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(RawSessionTest, HalfCloseOfAPublisherCloses) {
    raw_.publish = "a";
    start();
    frames({"x"});
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(RawSessionTest, DrainTakesNoMoreFramesAndFinishesTheRest) {
    ask_three();
    session_->on_drain();
    frames({"four"});
    EXPECT_EQ(transport_.requests.size(), 3U);
    EXPECT_EQ(transport_.refusals[v1::SHUTTING_DOWN], 1);
    session_->on_end_of_input();
    for (const std::uint64_t id : {1U, 2U, 3U}) {
        transport_.answer(id, "x");
    }
    EXPECT_EQ(transport_.controls.size(), 3U);
    EXPECT_EQ(transport_.closed, CloseReason::shutting_down);
}

TEST_F(RawSessionTest, SilenceInBothDirectionsCloses) {
    raw_.publish = "chat";
    raw_.subscribe = "chat";
    options_.idle_timeout = kIdle;
    start();
    transport_.pass(kIdle / 2);
    (void)session_->deliver(testing::TestMessage("chat", "x").delivery(1));
    transport_.pass(kIdle / 2);
    EXPECT_FALSE(transport_.closed);
    transport_.pass(kIdle / 2);
    EXPECT_EQ(transport_.closed, CloseReason::idle_timeout);
}

TEST_F(RawSessionTest, TellsWhenItsSilenceEndsIt) {
    raw_.request = "ask";
    start();
    EXPECT_EQ(session_->next_deadline(), TimePoint::max());
    options_.idle_timeout = kIdle;
    EXPECT_EQ(session_->next_deadline(), transport_.received + kIdle);
    frames({"x"});
    EXPECT_EQ(session_->next_deadline(), TimePoint::max()) << "a waiting peer is not idle";
}

// A syslog sender may say nothing for a night.
TEST_F(RawSessionTest, SilenceIsNoReasonToCloseUnlessItIsSaid) {
    raw_.publish = "log";
    start();
    transport_.pass(std::chrono::hours(24));
    EXPECT_FALSE(transport_.closed);
    frames({"x"});
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(RawSessionTest, AWaitingPeerIsNotIdle) {
    options_.idle_timeout = kIdle;
    ask_three();
    transport_.pass(2 * kIdle);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(RawSessionTest, RefusalOfTheConnectionHasNoWordsAndEndsTheOutput) {
    ask_three();
    session_->refuse({.code = v1::SLOW_CONSUMER, .text = "slow", .closing = true});
    transport_.answer(1, "a");
    (void)session_->deliver(testing::TestMessage("a", "b").delivery(1));
    EXPECT_THAT(transport_.controls, IsEmpty());
    EXPECT_THAT(transport_.deliveries, IsEmpty());
}

// --- datagrams ----------------------------------------------------------------------------------

TEST_F(RawSessionTest, DatagramAnswersGoOutAsTheyCome) {
    options_.datagram = true;
    ask_three();
    transport_.answer(3, "c");
    session_->on_request_failed(2, v1::TIMEOUT);
    transport_.answer(1, "a");
    transport_.answer(1, "again");
    EXPECT_THAT(transport_.controls, ElementsAre("c", "a"));
    EXPECT_FALSE(transport_.closed);
    frames({"four"});
    transport_.answer(4, "d");
    EXPECT_THAT(transport_.controls, ElementsAre("c", "a", "d"));
}

TEST_F(RawSessionTest, DatagramRequestsOverTheLimitAreDroppedAndCounted) {
    options_.datagram = true;
    options_.max_pending_requests = 3;
    ask_three();
    frames({"four"});
    EXPECT_EQ(transport_.refusals[v1::TOO_MANY_REQUESTS], 1);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(RawSessionTest, DatagramPeersAreNotSubscribed) {
    options_.datagram = true;
    raw_.publish = "a";
    raw_.subscribe = "a";
    start();
    EXPECT_TRUE(transport_.subscriptions.empty());
    EXPECT_EQ(transport_.refusals[v1::NOT_ALLOWED_HERE], 1);
    frames({"x"});
    EXPECT_EQ(transport_.published.size(), 1U);
}

}  // namespace
}  // namespace telex::session::raw
