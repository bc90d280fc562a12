// The beginning and the end of a raw connection as messages: greeting, connect, disconnect.
#include "protocols/raw/raw_session.hpp"
#include "protocols/raw/raw_subjects.hpp"
#include "support/fake_transport.hpp"
#include "wire/reply_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class RawConnect : public ::testing::Test {
protected:
    RawConnect() { raw_.publish = "mail.in.{connection}"; }

    void start() {
        options_.protocol = raw_;
        session_ = std::make_unique<RawSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    // The subject of the message that reports the end; empty if there is none.
    std::string end(CloseReason reason = CloseReason::client_reset) {
        testing::FakeTransport broker;
        session_->on_end(reason, broker);
        if (broker.published.empty()) {
            return {};
        }
        wire::for_each_header(
            broker.published[0].body,
            [this](std::string_view name, std::string_view value) { headers_.emplace(name, value); }
        );
        return broker.published[0].subject;
    }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    RawOptions raw_;
    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<RawSession> session_;
    std::map<std::string, std::string> headers_;
};

TEST_F(RawConnect, WritesTheGreetingBeforeAnythingElse) {
    raw_.greeting = "220 ready\r\n";
    raw_.subscribe = "mail.out";
    start();
    EXPECT_THAT(transport_.controls, ElementsAre("unframed 220 ready\r\n"));
    EXPECT_TRUE(session_->takes_input());
    EXPECT_THAT(transport_.requests, IsEmpty());
}

TEST_F(RawConnect, EndsIfTheGreetingCannotBeWritten) {
    raw_.greeting = "220 ready\r\n";
    raw_.disconnect = "mail.gone";
    transport_.judge = [](std::string_view) { return not_sent(DropReason::too_large); };
    start();
    EXPECT_EQ(transport_.closed, CloseReason::unwritable_answer);
    EXPECT_EQ(end(), "");
}

TEST_F(RawConnect, WritesTheReplyBeforeItReads) {
    raw_.connect = "mail.hello.{connection}";
    raw_.request_timeout = std::chrono::milliseconds(70);
    start();
    ASSERT_THAT(transport_.requests, SizeIs(1));
    EXPECT_EQ(transport_.requests[0].subject, "mail.hello.12");
    EXPECT_EQ(transport_.requests[0].payload, "");
    EXPECT_EQ(transport_.requests[0].timeout, std::chrono::milliseconds(70));
    EXPECT_FALSE(session_->takes_input());
    EXPECT_EQ(transport_.resumed, 0);
    transport_.answer(transport_.requests[0].id, "220 hello");
    EXPECT_THAT(transport_.controls, ElementsAre("220 hello"));
    EXPECT_TRUE(session_->takes_input());
    EXPECT_EQ(transport_.resumed, 1);
    session_->on_frame({"HELO", nullptr});
    ASSERT_THAT(transport_.published, SizeIs(1));
    EXPECT_EQ(transport_.published[0].subject, "mail.in.12");
}

TEST_F(RawConnect, TakesAReplyFromInsideTheCall) {
    raw_.connect = "mail.hello";
    transport_.instant_answer = "220 hello";
    start();
    EXPECT_THAT(transport_.controls, ElementsAre("220 hello"));
    EXPECT_TRUE(session_->takes_input());
}

TEST_F(RawConnect, WritesNothingIfTheResponderHasNothingToSay) {
    raw_.connect = "mail.hello";
    start();
    const wire::HeaderView header{wire::kNoAnswerHeader, ""};
    const testing::TestMessage message("_REPLY.x", "", {&header, 1});
    EXPECT_TRUE(transport_.try_answer(1, message));
    EXPECT_THAT(transport_.controls, IsEmpty());
    EXPECT_TRUE(session_->takes_input());
    EXPECT_FALSE(transport_.closed);
}

TEST_F(RawConnect, EndsWithoutAReply) {
    raw_.connect = "mail.hello";
    raw_.disconnect = "mail.gone";
    start();
    session_->on_request_failed(1, v1::NO_RESPONDERS);
    EXPECT_EQ(transport_.closed, CloseReason::request_failed);
    EXPECT_EQ(end(CloseReason::request_failed), "mail.gone");
}

// So no message that the responder sends there after the request is lost.
TEST_F(RawConnect, SubscribesFirst) {
    raw_.connect = "mail.hello";
    raw_.subscribe = "mail.out.{connection}";
    raw_.disconnect = "mail.gone";
    transport_.answers_at_once = false;
    start();
    EXPECT_THAT(transport_.subscribing, ElementsAre(1));
    EXPECT_THAT(transport_.requests, IsEmpty());
    EXPECT_FALSE(session_->takes_input());
    EXPECT_EQ(end(), "") << "it was not announced";
    session_->on_subscribed(1);
    EXPECT_THAT(transport_.requests, SizeIs(1));
    EXPECT_EQ(end(), "mail.gone");
}

TEST_F(RawConnect, RepliesFollowItsOwn) {
    raw_.publish.reset();
    raw_.request = "mail.command";
    raw_.connect = "mail.hello";
    start();
    transport_.answer(1, "220");
    session_->on_frame({"HELO", nullptr});
    session_->on_frame({"QUIT", nullptr});
    ASSERT_THAT(transport_.requests, SizeIs(3));
    transport_.answer(transport_.requests[2].id, "221");
    transport_.answer(transport_.requests[1].id, "250");
    EXPECT_THAT(transport_.controls, ElementsAre("220", "250", "221"));
}

TEST_F(RawConnect, HeadersNameThePeer) {
    raw_.disconnect = "mail.gone.{peer}";
    start();
    EXPECT_EQ(end(CloseReason::client_closed), "mail.gone.192-0-2-7");
    EXPECT_THAT(
        headers_,
        UnorderedElementsAre(
            Pair("Telex-Connection", "12"),
            Pair("Telex-Transport", "tcp"),
            Pair("Telex-Peer", "192.0.2.7"),
            Pair("Telex-Port", "4711"),
            Pair("Telex-Listener", "front"),
            Pair("Telex-Reason", "client_closed")
        )
    );
    std::string body;
    const PeerFacts local{"unix", "uid-5", "", "front", "13"};
    const wire::MessageView notice = write_notice(body, "mail.hello", local);
    EXPECT_EQ(notice.subject, "mail.hello");
    EXPECT_EQ(notice.header_count, 4U) << "without a port and a reason";
}

class RawConnectPermissions : public RawConnect {
protected:
    RawConnectPermissions() {
        user_.name = "mailer";
        user_.publish = {{"mail.>"}, {}};
        transport_.is_user = &user_;
    }

    void expect_denied(const std::string& subject) {
        EXPECT_EQ(transport_.closed, CloseReason::not_permitted);
        EXPECT_THAT(transport_.close_detail, HasSubstr(subject));
        EXPECT_THAT(transport_.requests, IsEmpty());
        EXPECT_THAT(transport_.controls, IsEmpty());
        EXPECT_EQ(end(), "");
    }

    access::User user_;
};

TEST_F(RawConnectPermissions, OfConnect) {
    raw_.greeting = "220\r\n";
    raw_.connect = "admin.hello";
    raw_.disconnect = "mail.gone";
    start();
    expect_denied("admin.hello");
}

TEST_F(RawConnectPermissions, OfDisconnect) {
    raw_.connect = "mail.hello";
    raw_.disconnect = "admin.gone";
    start();
    expect_denied("admin.gone");
}

TEST_F(RawConnectPermissions, AreCheckedAgainAtTheEnd) {
    raw_.disconnect = "mail.gone";
    start();
    access::User next = user_;
    next.publish = {{"mail.in.>"}, {}};
    transport_.is_user = &next;
    EXPECT_EQ(end(), "");
    EXPECT_EQ(transport_.refusals[v1::PERMISSION_DENIED], 1);
}

}  // namespace
}  // namespace telex::session::raw
