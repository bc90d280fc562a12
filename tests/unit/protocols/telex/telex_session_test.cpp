// The native encoding: verbatim bodies, heads, and what the scan hands to the generated parser.
#include "protocols/telex/telex_session.hpp"

#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using TelexSessionTest = TelexFixture;

TEST_F(TelexSessionTest, PublishesTheBytesThatTheClientWrote) {
    open();
    v1::Frame frame = testing::publish("a.b", "x");
    frame.mutable_message()
        ->GetReflection()
        ->MutableUnknownFields(frame.mutable_message())
        ->AddVarint(99, 7);
    send(frame);
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].body, frame.message().SerializeAsString());
    EXPECT_EQ(transport_.published[0].subject, "a.b");
    EXPECT_EQ(transport_.published[0].payload, "x");
}

TEST_F(TelexSessionTest, HandsOnTheOwnerOfTheBytes) {
    open();
    const SharedBytes bytes = SharedBytes::copy_of(testing::publish("a").SerializeAsString());
    session_->on_frame({bytes.bytes, &bytes.owner});
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].owner, &bytes.owner);
}

TEST_F(TelexSessionTest, MergesAMessageThatIsWrittenInTwoParts) {
    open();
    v1::Frame first;
    first.mutable_message()->set_subject("a.b");
    v1::Frame second;
    second.mutable_message()->set_payload("late");
    send_bytes(first.SerializeAsString() + second.SerializeAsString());
    ASSERT_EQ(transport_.published.size(), 1U);
    EXPECT_EQ(transport_.published[0].subject, "a.b");
    EXPECT_EQ(transport_.published[0].payload, "late");
    EXPECT_EQ(transport_.published[0].owner, nullptr);
}

TEST_F(TelexSessionTest, ChecksTheLastOfRepeatedSubjects) {
    open();
    // Field 1 of Message twice: first a right subject, then a wildcard.
    const std::string body(
        "\x0a\x01"
        "a"
        "\x0a\x01"
        "*",
        6
    );
    send_bytes(std::string("\x12\x06", 2) + body);
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_THAT(heard(), ElementsAre("error WILDCARD_IN_PUBLISH"));
}

TEST_F(TelexSessionTest, DeliversTheBodyBehindASmallHead) {
    open();
    const testing::TestMessage message("a.b", "hello");
    (void)session_->deliver(message.delivery(5, "_REPLY.1.2"));
    ASSERT_EQ(transport_.deliveries.size(), 1U);
    EXPECT_THAT(transport_.delivered_to, ElementsAre(5U));
    const v1::Frame frame = testing::parse_binary(transport_.deliveries[0]);
    EXPECT_EQ(frame.subscription(), 5U);
    EXPECT_EQ(frame.reply_to(), "_REPLY.1.2");
    EXPECT_EQ(frame.message().payload(), "hello");
}

TEST_F(TelexSessionTest, CountsADeliveryWhoseReplySubjectIsTooLong) {
    open();
    const testing::TestMessage message("a.b", "hello");
    (void)session_->deliver(message.delivery(5, std::string(wire::kMaxReplyToBytes + 1, 'r')));
    EXPECT_THAT(transport_.deliveries, IsEmpty());
    EXPECT_EQ(transport_.refusals[v1::INTERNAL], 1);
}

TEST_F(TelexSessionTest, LeavesALongReplySubjectToTheMessage) {
    open();
    const std::string reply(wire::kMaxReplyToBytes + 1, 'r');
    const testing::TestMessage message("a.b", "hello", reply);
    EXPECT_TRUE(session_->deliver(message.delivery(5, reply)));
    ASSERT_EQ(transport_.deliveries.size(), 1U);
    const v1::Frame frame = testing::parse_binary(transport_.deliveries[0]);
    EXPECT_EQ(frame.reply_to(), "");
    EXPECT_EQ(frame.message().reply(), reply);
}

TEST_F(TelexSessionTest, AnswersBytesThatAreNoFrameAndCloses) {
    open();
    send_bytes("\xff\xff\xff");
    EXPECT_THAT(heard(), ElementsAre("closing BAD_MESSAGE"));
    EXPECT_EQ(transport_.closed, CloseReason::bad_message);
    EXPECT_EQ(transport_.refusals[v1::BAD_MESSAGE], 1);
}

TEST_F(TelexSessionTest, RefusesAControlWhoseInsideIsBroken) {
    open();
    // subscribe (field 10), one byte long: a tag without a value.
    send_bytes(std::string("\x52\x01\x08", 3));
    EXPECT_THAT(heard(), ElementsAre("closing BAD_MESSAGE"));
}

TEST_F(TelexSessionTest, RefusesTextThatIsNotUtf8) {
    open();
    send_bytes(std::string("\x12\x03\x0a\x01\xff", 5));
    EXPECT_THAT(heard(), ElementsAre("closing BAD_MESSAGE"));
}

TEST_F(TelexSessionTest, TakesNothingMoreAfterItClosed) {
    open();
    send_bytes("\xff");
    heard();
    send(testing::publish("a.b"));
    session_->on_end_of_input();
    session_->on_drain();
    transport_.pass(std::chrono::hours(1));
    (void)session_->deliver(testing::TestMessage("a", "b").delivery(1));
    transport_.answer(1, "late");
    session_->on_request_failed(1, v1::TIMEOUT);
    session_->on_subscribed(1);
    session_->on_unsubscribed(1, 0, 0);
    session_->on_flushed(1);
    session_->refuse({.code = v1::SLOW_CONSUMER, .text = "late", .closing = true});
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_THAT(transport_.deliveries, IsEmpty());
}

}  // namespace
}  // namespace telex::session::native
