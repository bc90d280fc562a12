// The syslog protocol: subjects, payloads, limits, permissions, and how it ends.
#include "protocols/syslog/syslog_session.hpp"

#include "support/fake_transport.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace telex::session::syslog {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kLine = "<11>Nov 29 18:33:00 web.1 app[77]: failed";

class SyslogSessionTest : public ::testing::Test {
protected:
    SyslogSessionTest() {
        options_.idle_timeout.reset();
        user_.name = "sender";
        user_.publish.allow = {"log.>"};
        user_.publish.deny = {"log.emerg.>"};
    }

    void start() {
        options_.protocol = syslog_;
        session_ = std::make_unique<SyslogSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    void receive(std::string_view line) { session_->on_frame({line, nullptr}); }

    std::map<std::string, std::string> headers(std::size_t index = 0) {
        std::map<std::string, std::string> found;
        wire::for_each_header(
            transport_.published.at(index).body,
            [&](std::string_view name, std::string_view value) { found.emplace(name, value); }
        );
        return found;
    }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    access::User user_;
    SyslogOptions syslog_;
    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<SyslogSession> session_;
};

// --- subject and payload ------------------------------------------------------------------------

TEST_F(SyslogSessionTest, PublishesTheWholeMessageOnTheSubjectOfItsPeer) {
    start();
    receive(kLine);
    const auto& published = transport_.published.at(0);
    EXPECT_EQ(published.subject, "log.tcp.192-0-2-7");
    EXPECT_EQ(published.payload, kLine);
    EXPECT_EQ(headers()["syslog-severity"], "err");
    EXPECT_EQ(headers()["syslog-app"], "app");
    EXPECT_EQ(transport_.unparsed, 0U);
}

TEST_F(SyslogSessionTest, PublishesTheTextAlone) {
    syslog_.payload = PayloadPart::text;
    start();
    receive(kLine);
    receive("not understood");
    EXPECT_EQ(transport_.published.at(0).payload, "failed");
    EXPECT_EQ(transport_.published.at(1).payload, "not understood");
}

TEST_F(SyslogSessionTest, PartsOfTheMessageAreTokensOfTheSubject) {
    syslog_.publish = "log.{severity}.{host}.{app}.{peer}";
    start();
    receive(kLine);
    receive("<14>x");
    receive("y");
    EXPECT_EQ(transport_.published.at(0).subject, "log.err.web-1.app.192-0-2-7");
    EXPECT_EQ(transport_.published.at(1).subject, "log.info.-.-.192-0-2-7");
    EXPECT_EQ(transport_.published.at(2).subject, "log.-.-.-.192-0-2-7");
}

TEST_F(SyslogSessionTest, HostilePartsStayOneTokenEach) {
    syslog_.publish = "log.{host}.{app}.{procid}.{msgid}";
    start();
    for (const char* part : {"*", ">", "a.b", "...", "$SYS", "\xFF", "\xC2\x80", "_REPLY"}) {
        receive(fmt::format("<13>1 - {0} {0} {0} {0} - x", part));
    }
    for (const auto& published : transport_.published) {
        EXPECT_FALSE(wire::check_subject(published.subject)) << published.subject;
        EXPECT_TRUE(wire::matches("log.*.*.*.*", published.subject)) << published.subject;
    }
    EXPECT_EQ(transport_.published.size(), 8U);
}

TEST_F(SyslogSessionTest, LongestSubjectOfThePeerFitsOrThePeerIsClosed) {
    syslog_.publish = "log.{peer}.{host}";
    options_.subject.max_bytes = 300;
    transport_.facts.host = std::string(50, 'h');
    start();
    EXPECT_EQ(transport_.closed, CloseReason::internal_error);
    EXPECT_THAT(transport_.close_detail, HasSubstr("log.{peer}.{host}"));
    EXPECT_EQ(transport_.refusals[v1::BAD_SUBJECT], 1);
    receive(kLine);
    EXPECT_THAT(transport_.published, IsEmpty());
}

// --- what is not understood, and limits ---------------------------------------------------------

TEST_F(SyslogSessionTest, MessageThatIsNotUnderstoodIsPublishedAndCounted) {
    start();
    receive("no priority");
    receive("");
    EXPECT_EQ(transport_.unparsed, 2U);
    EXPECT_EQ(transport_.published.at(0).payload, "no priority");
    EXPECT_EQ(headers()["syslog-format"], "unknown");
    EXPECT_EQ(transport_.published.at(1).payload, "");
}

std::string with_data(std::size_t bytes) {
    return fmt::format("<13>1 - h a - - [x y=\"{}\"] text", std::string(bytes, 'd'));
}

TEST_F(SyslogSessionTest, HeadersOverTheirLimitAreLeftOut) {
    options_.max_header_bytes = 300;
    syslog_.payload = PayloadPart::text;
    start();
    receive(with_data(20));
    receive(with_data(300));
    EXPECT_EQ(headers(0)["syslog-format"], "rfc5424");
    EXPECT_EQ(headers(1), (std::map<std::string, std::string>{{"syslog-format", "unknown"}}));
    EXPECT_EQ(transport_.published.at(1).payload, with_data(300));
    EXPECT_EQ(transport_.unparsed, 1U);
}

TEST_F(SyslogSessionTest, MoreHeadersThanAllowedAreLeftOut) {
    options_.max_headers = 3;
    start();
    receive("<13>x");
    receive(kLine);
    EXPECT_EQ(headers(0).size(), 3U);
    EXPECT_EQ(headers(1).size(), 1U);
    EXPECT_EQ(transport_.unparsed, 1U);
}

TEST_F(SyslogSessionTest, MessageWithItsHeadersFitsADelivery) {
    options_.max_frame_bytes = 16'384;
    options_.max_header_bytes = 16'384;
    start();
    receive(with_data(10'000));
    EXPECT_LE(
        transport_.published.at(0).body.size(), options_.max_frame_bytes + wire::kMaxEnvelope
    );
    EXPECT_EQ(headers()["syslog-format"], "unknown");
    EXPECT_EQ(transport_.published.at(0).payload, with_data(10'000));
}

TEST_F(SyslogSessionTest, MessageTooLargeBesideItsSubjectIsRefused) {
    options_.max_frame_bytes = 100;
    options_.subject.max_bytes = 10'000;
    syslog_.publish = "log." + std::string(5'000, 's');
    start();
    receive(kLine);
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_EQ(transport_.refusals[v1::FRAME_TOO_LARGE], 1);
}

// --- users --------------------------------------------------------------------------------------

TEST_F(SyslogSessionTest, UserThatMayNotUseTheSubjectIsClosed) {
    user_.publish.allow = {"other"};
    transport_.is_user = &user_;
    start();
    EXPECT_EQ(transport_.closed, CloseReason::not_permitted);
    EXPECT_THAT(transport_.close_detail, HasSubstr("log.tcp.192-0-2-7"));
    EXPECT_EQ(transport_.refusals[v1::PERMISSION_DENIED], 1);
}

TEST_F(SyslogSessionTest, UserThatLosesThePermissionIsClosed) {
    transport_.is_user = &user_;
    start();
    EXPECT_FALSE(transport_.closed);
    user_.publish.allow = {};
    session_->on_user_changed();
    EXPECT_EQ(transport_.closed, CloseReason::not_permitted);
}

TEST_F(SyslogSessionTest, MessageOnASubjectThatIsDeniedIsCountedAndLeftOut) {
    syslog_.publish = "log.{severity}.{app}";
    transport_.is_user = &user_;
    start();
    receive("<8>app: first");
    receive("<11>app: second");
    EXPECT_FALSE(transport_.closed);
    EXPECT_EQ(transport_.refusals[v1::PERMISSION_DENIED], 1);
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "log.err.app");
}

TEST_F(SyslogSessionTest, MessageOverTheUsersLimitIsCountedAndLeftOut) {
    user_.limits.max_payload_bytes = 20;
    transport_.is_user = &user_;
    start();
    receive(kLine);
    receive("<13>short");
    EXPECT_EQ(transport_.refusals[v1::PAYLOAD_TOO_LARGE], 1);
    EXPECT_EQ(transport_.published.size(), 1U);
}

// --- the end ------------------------------------------------------------------------------------

TEST_F(SyslogSessionTest, EndsWithItsInput) {
    start();
    session_->on_end_of_input();
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
    receive(kLine);
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(SyslogSessionTest, EndsWithTheDaemon) {
    start();
    session_->on_drain();
    EXPECT_EQ(transport_.closed, CloseReason::shutting_down);
}

TEST_F(SyslogSessionTest, SilentPeerIsClosedOnlyWithALimit) {
    start();
    transport_.pass(std::chrono::hours(100));
    EXPECT_FALSE(transport_.closed);
    EXPECT_EQ(session_->next_deadline(), TimePoint::max());
    options_.idle_timeout = std::chrono::seconds(60);
    EXPECT_EQ(session_->next_deadline(), transport_.received + std::chrono::seconds(60));
    transport_.pass(std::chrono::seconds(1));
    EXPECT_EQ(transport_.closed, CloseReason::idle_timeout);
}

TEST_F(SyslogSessionTest, ClosingRefusalEndsAStreamAndNoDatagramPeer) {
    options_.datagram = true;
    start();
    session_->refuse({.code = v1::SLOW_CONSUMER, .text = "", .closing = true});
    receive(kLine);
    EXPECT_EQ(transport_.published.size(), 1U);
    options_.datagram = false;
    session_->refuse({.code = v1::SLOW_CONSUMER, .text = "", .closing = true});
    receive(kLine);
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(SyslogSessionTest, WritesNothing) {
    start();
    const testing::TestMessage message("log.x", "y");
    EXPECT_FALSE(session_->deliver(message.delivery(1)));
    EXPECT_FALSE(session_->on_reply(1, message.delivery()));
    EXPECT_THAT(transport_.controls, IsEmpty());
    EXPECT_THAT(transport_.deliveries, IsEmpty());
}

}  // namespace
}  // namespace telex::session::syslog
