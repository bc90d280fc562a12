// The json protocol as a person types it.
#include "protocols/json/json_session.hpp"

#include "support/fake_transport.hpp"
#include "support/session_frames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class JsonSessionTest : public ::testing::Test {
protected:
    JsonSessionTest() {
        transport_.bind(session_);
        session_.start();
    }

    void type(std::string_view line) { session_.on_frame({line, nullptr}); }

    std::vector<v1::Frame> heard_frames() {
        std::vector<v1::Frame> frames;
        for (const std::string& line : transport_.take_controls()) {
            frames.push_back(testing::parse_json(line));
        }
        return frames;
    }

    std::vector<std::string> heard() {
        std::vector<std::string> words;
        for (const std::string& line : transport_.take_controls()) {
            EXPECT_THAT(line, Not(HasSubstr("\n")));
            words.push_back(testing::summary_of(testing::parse_json(line)));
        }
        return words;
    }

    void TearDown() override { EXPECT_EQ(transport_.breaches, 0); }

    SessionOptions options_;
    testing::FakeTransport transport_;
    JsonSession session_{transport_, transport_, options_};
};

TEST_F(JsonSessionTest, PublishesWithoutHello) {
    type(R"({"message": {"subject": "chat.room", "text": "hello"}})");
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "chat.room");
    EXPECT_EQ(transport_.published[0].payload, "hello");
    EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(JsonSessionTest, PublishesDurably) {
    transport_.streams = true;
    type(
        R"({"request":7,"durable":true,"message":{"subject":"log.a","text":"x","id":"i","ttlMs":5000,)"
        R"("expectedLastSequence":0,"expectedSubjectSequence":"3","rollUp":"ROLL_UP_SUBJECT"}})"
    );
    EXPECT_THAT(transport_.durable, ElementsAre(7));
    ASSERT_EQ(transport_.published.size(), 1U);
    v1::Message message;
    ASSERT_TRUE(message.ParseFromString(transport_.published[0].body));
    EXPECT_EQ(message.ttl_ms(), 5'000U);
    EXPECT_TRUE(message.has_expected_last_sequence());
    EXPECT_EQ(message.expected_last_sequence(), 0U);
    EXPECT_EQ(message.expected_subject_sequence(), 3U);
    EXPECT_EQ(message.roll_up(), v1::ROLL_UP_SUBJECT);
    transport_.store(7, {.stream = "LOG", .sequence = 41});
    EXPECT_THAT(
        transport_.take_controls(),
        ElementsAre(R"({"request":"7","stored":{"stream":"LOG","sequence":"41"}})")
    );
    type(R"({"request":8,"durable":true,"message":{"subject":"log.a"}})");
    transport_.store(8, {.code = v1::WRONG_SEQUENCE, .text = "is 12", .sequence = 12});
    EXPECT_THAT(
        transport_.take_controls(),
        ElementsAre(
            R"({"request":"8","error":{"code":"WRONG_SEQUENCE","text":"is 12","sequence":"12"}})"
        )
    );
}

// A field that is null is absent: the line says nothing, and the next one counts.
TEST_F(JsonSessionTest, ALineWithoutAMessageOrAControlIsReported) {
    for (const char* const line : {R"({"ping":null})", R"({"message":null})", "{}"}) {
        type(line);
        const auto frames = heard_frames();
        ASSERT_EQ(frames.size(), 1U) << line;
        EXPECT_EQ(frames[0].error().code(), v1::BAD_MESSAGE);
        EXPECT_EQ(frames[0].error().text(), "neither a message nor a control; null means absent");
        EXPECT_FALSE(frames[0].error().closing());
        type(R"({"ping":{"nonce":1}})");
        EXPECT_THAT(heard(), ElementsAre("pong 1"));
    }
}

TEST_F(JsonSessionTest, ReportsTheWorkOfMessages) {
    const auto work_of = [&](const std::string& text) {
        const std::uint64_t before = transport_.work;
        type(R"({"message": {"subject": "a", "text": ")" + text + "\"}}");
        return transport_.work - before;
    };
    const std::uint64_t of_a_short_one = work_of("x");
    EXPECT_GT(of_a_short_one, 0U);
    EXPECT_LT(of_a_short_one, 100U);
    EXPECT_GE(work_of(std::string(8'000, 'x')), 1'000U);
    std::string escapes;
    for (int i = 0; i < 4'000; ++i) {
        escapes += "\\n";
    }
    EXPECT_GE(work_of(escapes), 3'000U) << "more than as many plain bytes";
    const std::uint64_t before = transport_.work;
    (void)session_.deliver(testing::TestMessage("a", std::string(8'000, 'x')).delivery(1));
    EXPECT_GE(transport_.work - before, 1'000U);
}

// A line that a library reads costs far more than another, and a long one more than a short one.
TEST_F(JsonSessionTest, ReportsTheWorkOfOtherLines) {
    type(R"({"ping": {}})");
    const std::uint64_t of_a_frame = transport_.work;
    EXPECT_GE(of_a_frame, 1'000U);
    type("no json");
    EXPECT_GE(transport_.work, of_a_frame + 1'000);
    const std::uint64_t before = transport_.work;
    type(std::string(5'000, 'x'));
    EXPECT_GE(transport_.work, before + 11'000);
}

TEST_F(JsonSessionTest, SubscribesWithoutHello) {
    type(R"({"subscribe": {"subscription": 1, "filter": "chat.>"}})");
    EXPECT_THAT(heard(), ElementsAre("subscribed 1"));
    EXPECT_EQ(transport_.subscriptions.at(1).filter, "chat.>");
}

TEST_F(JsonSessionTest, HelloIsWelcomeOnce) {
    type(R"({"hello": {"version": 1}})");
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
    type(R"({"hello": {"version": 1}})");
    EXPECT_THAT(heard(), ElementsAre("closing HELLO_REPEATED"));
}

TEST_F(JsonSessionTest, HelloNeedsNoVersion) {
    type(R"({"hello": {}})");
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
}

TEST_F(JsonSessionTest, HelloIsTooLateAfterAnotherFrame) {
    type(R"({"ping": {}})");
    type(R"({"hello": {"version": 1}})");
    EXPECT_THAT(heard(), ElementsAre("pong 0", "closing HELLO_REPEATED"));
}

TEST_F(JsonSessionTest, HelloHasNoDeadline) {
    transport_.pass(2 * options_.hello_timeout);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(JsonSessionTest, DeliversARecordWithItsPosition) {
    type(R"({"consume": {"subscription": 1, "stream": "LOG", "credit": 10, "create": {}}})");
    ASSERT_TRUE(transport_.members.contains(1));
    EXPECT_TRUE(transport_.members.at(1).creates);
    const testing::TestMessage message("log.a", "hi");
    (void)session_.deliver_stored(
        {.subscription = 1,
         .subject = "log.a",
         .body = message.body(),
         .position = {.sequence = 7, .unix_nanoseconds = 12, .attempt = 2, .redelivered = true}}
    );
    ASSERT_EQ(transport_.deliveries.size(), 1U);
    const v1::Frame frame = testing::parse_json(transport_.deliveries[0]);
    EXPECT_EQ(frame.subscription(), 1U);
    EXPECT_EQ(frame.message().subject(), "log.a");
    EXPECT_EQ(frame.position().sequence(), 7U);
    EXPECT_EQ(frame.position().attempt(), 2U);
    EXPECT_TRUE(frame.position().redelivered());
    type(R"({"acknowledge": {"subscription": 1, "sequence": "7", "outcome": "TERM"}})");
    ASSERT_EQ(transport_.acknowledgements.size(), 1U);
    EXPECT_EQ(transport_.acknowledgements[0].outcome, v1::Acknowledge::TERM);
}

TEST_F(JsonSessionTest, DeliversTextAsText) {
    type(R"({"subscribe": {"subscription": 1, "filter": "a"}})");
    (void)session_.deliver(testing::TestMessage("a", "hi there").delivery(1, "_REPLY.1.2"));
    ASSERT_EQ(transport_.deliveries.size(), 1U);
    EXPECT_EQ(transport_.delivered_to.at(0), 1U);
    EXPECT_THAT(transport_.deliveries[0], HasSubstr(R"("text":"hi there")"));
    const v1::Frame frame = testing::parse_json(transport_.deliveries[0]);
    EXPECT_EQ(frame.subscription(), 1U);
    EXPECT_EQ(frame.reply_to(), "_REPLY.1.2");
    EXPECT_EQ(frame.message().subject(), "a");
}

TEST_F(JsonSessionTest, DeliversOtherPayloadsAsBase64) {
    (void)session_.deliver(testing::TestMessage("a", std::string("\x00\xff", 2)).delivery(1));
    ASSERT_EQ(transport_.deliveries.size(), 1U);
    EXPECT_THAT(transport_.deliveries[0], HasSubstr(R"("payload":"AP8=")"));
}

TEST_F(JsonSessionTest, RequestIsAnsweredByItsId) {
    type(R"({"request": 7, "message": {"subject": "svc.a", "text": "?"}})");
    transport_.answer(7, "yes");
    type(R"({"request": "8", "timeoutMs": 100, "message": {"subject": "svc.a"}})");
    session_.on_request_failed(8, v1::NO_RESPONDERS);
    EXPECT_THAT(heard(), ElementsAre("answer 7 yes", "failed 8 NO_RESPONDERS"));
}

TEST_F(JsonSessionTest, EmptyLinesAreNothing) {
    type("");
    type(" \t\r");
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_TRUE(transport_.refusals.empty());
}

TEST_F(JsonSessionTest, MistypedLineIsExplainedAndForgiven) {
    type(R"({"mesage": {"subject": "a"}})");
    EXPECT_THAT(transport_.controls.back(), HasSubstr("mesage"));
    EXPECT_THAT(heard(), ElementsAre("error BAD_MESSAGE"));
    type(R"({"message": {"subject": "a"}})");
    EXPECT_EQ(transport_.published.size(), 1U);
}

TEST_F(JsonSessionTest, ManyBadLinesInARowEndTheSession) {
    for (unsigned i = 1; i < JsonSession::kMaxBadLines; ++i) {
        type("what?");
    }
    type(R"({"ping": {}})");
    for (unsigned i = 1; i < JsonSession::kMaxBadLines; ++i) {
        type("what?");
    }
    EXPECT_FALSE(transport_.closed);
    heard();
    type("what?");
    EXPECT_THAT(heard(), ElementsAre("closing BAD_MESSAGE"));
    EXPECT_EQ(transport_.closed, CloseReason::bad_message);
}

TEST_F(JsonSessionTest, FramesInsideAnHttpRequestAreNotCarriedOut) {
    type("POST / HTTP/1.1\r");
    type("Host: 127.0.0.1:4651\r");
    type(R"({"message": {"subject": "a", "text": "from a web page"}})");
    EXPECT_THAT(heard(), ElementsAre("closing WRONG_PROTOCOL"));
    EXPECT_EQ(transport_.closed, CloseReason::wrong_protocol);
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(JsonSessionTest, RefusesLikeTheNativeSession) {
    type(R"({"message": {"subject": "a..b"}})");
    type(R"({"message": {"subject": "$SYS.echo"}})");
    type(R"({"subscription": 1, "message": {"subject": "a"}})");
    EXPECT_THAT(
        heard(),
        ElementsAre("error BAD_SUBJECT", "error RESERVED_SUBJECT", "closing UNEXPECTED_FRAME")
    );
}

TEST_F(JsonSessionTest, LinesAfterGoodbyeAreDroppedAndCounted) {
    transport_.answers_at_once = false;
    type(R"({"flush": {"id": 1}})");
    type(R"({"goodbye": {}})");
    type("what?");
    type(R"({"message": {"subject": "a"}})");
    EXPECT_EQ(transport_.refusals[v1::UNEXPECTED_FRAME], 2);
    session_.on_flushed(1);
    EXPECT_THAT(heard(), ElementsAre("flushed 1"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(JsonSessionTest, PrintfIntoNetcatIsProcessedWhole) {
    type(R"({"message": {"subject": "a", "text": "1"}})");
    type(R"({"request": 1, "message": {"subject": "$SYS.echo", "text": "2"}})");
    session_.on_end_of_input();
    EXPECT_FALSE(transport_.closed);
    transport_.answer(1, "2");
    EXPECT_THAT(heard(), ElementsAre("answer 1 2"));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST(JsonDatagrams, AreSilentAboutBadLines) {
    SessionOptions options;
    options.datagram = true;
    testing::FakeTransport transport;
    JsonSession session(transport, transport, options);
    transport.bind(session);
    for (unsigned i = 0; i < 2 * JsonSession::kMaxBadLines; ++i) {
        session.on_frame({"what?", nullptr});
    }
    EXPECT_THAT(transport.controls, IsEmpty());
    EXPECT_FALSE(transport.closed);
    EXPECT_EQ(transport.refusals[v1::BAD_MESSAGE], 32);
}

}  // namespace
}  // namespace telex::session::native
