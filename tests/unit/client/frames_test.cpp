// The frames that are written and read by hand, against the generated code.
#include "client/incoming.hpp"
#include "client/outcome_batch.hpp"
#include "client/outgoing.hpp"
#include "client/plain_delivery.hpp"
#include "telex/v1/telex.pb.h"
#include "wire/varint.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::client {
namespace {

// Checks the length in front and parses the rest.
v1::Frame parse(const std::string& bytes) {
    v1::Frame frame;
    std::size_t head = 1;
    while ((static_cast<unsigned char>(bytes.at(head - 1)) & 0x80U) != 0) {
        ++head;
    }
    char length[wire::kMaxVarintBytes];
    const std::size_t size = wire::write_varint(length, bytes.size() - head);
    EXPECT_EQ(bytes.substr(0, head), std::string(length, size));
    EXPECT_TRUE(frame.ParseFromString(bytes.substr(head)));
    EXPECT_EQ(frame.SerializeAsString().size(), bytes.size() - head) << "unknown or odd fields";
    return frame;
}

TEST(Outgoing, OutcomesOfConsecutiveMessagesAreOneFrame) {
    OutcomeBatch outcomes;
    const auto add = [&](std::uint64_t subscription, std::uint64_t sequence, RecordOutcome outcome
                     ) { outcomes.add({subscription, sequence, sequence, outcome, 0}); };
    add(5, 1, RecordOutcome::ack);
    add(5, 2, RecordOutcome::ack);
    std::string bytes;
    outcomes.move_to(bytes);
    v1::Acknowledge outcome = parse(bytes).acknowledge();
    EXPECT_EQ(outcome.subscription(), 5U);
    EXPECT_EQ(outcome.sequence(), 1U);
    EXPECT_EQ(outcome.through(), 2U);
    add(5, 4, RecordOutcome::ack);
    add(5, 6, RecordOutcome::ack);  // 5 may be under way
    add(5, 7, RecordOutcome::term);
    add(6, 8, RecordOutcome::term);
    std::string apart;
    outcomes.move_to(apart);
    std::size_t frames = 0;
    for (std::size_t at = 0; at < apart.size(); ++frames) {
        const std::size_t size = 1 + static_cast<std::size_t>(apart.at(at));
        EXPECT_EQ(parse(apart.substr(at, size)).acknowledge().through(), 0U);
        at += size;
    }
    EXPECT_EQ(frames, 4U);
}

TEST(Outgoing, PublishContainsEveryField) {
    const Headers headers{{"a", "1"}, {"a", "2"}, {"empty", ""}};
    OutMessage message{
        "s.t", std::string_view("p\0q", 3), "r.s", headers, "id1", "text/plain", "x.Y"
    };
    const SizedMessage sized = size_of(message);
    std::string bytes;
    append_publish(bytes, sized);
    const v1::Frame frame = parse(bytes);
    EXPECT_EQ(frame.message().subject(), "s.t");
    EXPECT_EQ(frame.message().payload(), std::string("p\0q", 3));
    EXPECT_EQ(frame.message().reply(), "r.s");
    EXPECT_EQ(frame.message().id(), "id1");
    EXPECT_EQ(frame.message().content_type(), "text/plain");
    EXPECT_EQ(frame.message().type(), "x.Y");
    ASSERT_EQ(frame.message().headers_size(), 3);
    EXPECT_EQ(frame.message().headers(1).value(), "2");
    EXPECT_EQ(frame.message().ByteSizeLong(), sized.body_bytes);
    EXPECT_EQ(frame.ByteSizeLong(), sized.frame_bytes);
}

TEST(Outgoing, SizesAreRightAroundVarintBoundaries) {
    for (const std::size_t size : {0U, 1U, 120U, 121U, 122U, 127U, 128U, 16370U, 16384U, 70000U}) {
        const std::string payload(size, 'x');
        OutMessage message;
        message.subject = "s";
        message.payload = payload;
        std::string bytes;
        append_publish(bytes, size_of(message));
        EXPECT_EQ(parse(bytes).message().payload(), payload) << size;
    }
}

TEST(Outgoing, SubjectsOfAnyLengthStandBeforeThePayload) {
    for (const std::size_t size : {1U, 127U, 128U, 129U, 1000U}) {
        for (const std::string_view payload : {"", "p"}) {
            const std::string subject(size, 's');
            OutMessage message;
            message.subject = subject;
            message.payload = payload;
            std::string bytes = "before";
            append_publish(bytes, size_of(message));
            const v1::Frame frame = parse(bytes.substr(6));
            EXPECT_EQ(frame.message().subject(), subject) << size;
            EXPECT_EQ(frame.message().payload(), payload) << size;
        }
    }
}

TEST(Outgoing, RequestHasIdAndTimeout) {
    OutMessage message;
    message.subject = "s";
    std::string bytes;
    append_request(bytes, size_of(message), 300, 70000);
    const v1::Frame frame = parse(bytes);
    EXPECT_EQ(frame.request(), 300U);
    EXPECT_EQ(frame.timeout_ms(), 70000U);
    EXPECT_EQ(frame.message().subject(), "s");
    EXPECT_LE(bytes.size(), size_of(message).frame_bytes + kFrameOverhead);
}

TEST(Outgoing, SlowPoliciesHaveTheNumbersOfTheProtocol) {
    const auto number = [](SlowPolicy policy) { return static_cast<v1::SlowPolicy>(policy); };
    EXPECT_EQ(number(SlowPolicy::listener_default), v1::SLOW_POLICY_UNSPECIFIED);
    EXPECT_EQ(number(SlowPolicy::block), v1::SLOW_POLICY_BLOCK);
    EXPECT_EQ(number(SlowPolicy::drop_oldest), v1::SLOW_POLICY_DROP_OLDEST);
    EXPECT_EQ(number(SlowPolicy::drop_newest), v1::SLOW_POLICY_DROP_NEWEST);
    EXPECT_EQ(number(SlowPolicy::disconnect), v1::SLOW_POLICY_DISCONNECT);
}

TEST(Outgoing, ControlsParseWithTheGeneratedCode) {
    std::string bytes;
    append_hello(bytes, {.client_name = "me/1", .no_echo = true});
    v1::Frame frame = parse(bytes);
    EXPECT_EQ(frame.hello().version(), 1U);
    EXPECT_EQ(frame.hello().client_name(), "me/1");
    EXPECT_TRUE(frame.hello().no_echo());

    bytes.clear();
    append_subscribe(bytes, {300, "a.>", "group", SlowPolicy::drop_newest, 1000, 5});
    frame = parse(bytes);
    EXPECT_EQ(frame.subscribe().subscription(), 300U);
    EXPECT_EQ(frame.subscribe().filter(), "a.>");
    EXPECT_EQ(frame.subscribe().queue_group(), "group");
    EXPECT_EQ(frame.subscribe().slow_policy(), v1::SLOW_POLICY_DROP_NEWEST);
    EXPECT_EQ(frame.subscribe().credit(), 1000U);
    EXPECT_EQ(frame.subscribe().max_messages(), 5U);

    bytes.clear();
    append_unsubscribe(bytes, 9);
    EXPECT_EQ(parse(bytes).unsubscribe().subscription(), 9U);
    bytes.clear();
    append_credit(bytes, 9, 500);
    EXPECT_EQ(parse(bytes).credit().messages(), 500U);
    bytes.clear();
    append_ping(bytes, 77);
    EXPECT_EQ(parse(bytes).ping().nonce(), 77U);
    bytes.clear();
    append_pong(bytes, ~std::uint64_t{0});
    EXPECT_EQ(parse(bytes).pong().nonce(), ~std::uint64_t{0});
    bytes.clear();
    append_flush(bytes, 3);
    EXPECT_EQ(parse(bytes).flush().id(), 3U);
    bytes.clear();
    append_goodbye(bytes);
    EXPECT_TRUE(parse(bytes).has_goodbye());
}

TEST(Incoming, DecodesADelivery) {
    v1::Frame frame;
    frame.set_subscription(5);
    frame.set_reply_to("_REPLY.1");
    v1::Message& message = *frame.mutable_message();
    message.set_subject("a.b");
    message.set_payload("hello");
    message.set_reply("r");
    message.set_id("i");
    message.set_content_type("c");
    message.set_type("t");
    auto* header = message.add_headers();
    header->set_name("n");
    header->set_value("v");
    const std::string bytes = frame.SerializeAsString();
    const auto incoming = decode(bytes);
    ASSERT_TRUE(incoming);
    EXPECT_EQ(incoming->kind, IncomingKind::delivery);
    EXPECT_EQ(incoming->subscription, 5U);
    const Message seen = to_message(incoming->body, incoming->reply_to);
    EXPECT_EQ(seen.subject, "a.b");
    EXPECT_EQ(seen.payload, "hello");
    EXPECT_EQ(seen.reply_to, "_REPLY.1");
    EXPECT_EQ(seen.id, "i");
    EXPECT_EQ(seen.content_type, "c");
    EXPECT_EQ(seen.type, "t");
    ASSERT_NE(seen.header("n"), nullptr);
    EXPECT_EQ(*seen.header("n"), "v");
    EXPECT_EQ(seen.header("N"), nullptr);
}

std::string encoded_delivery(std::uint64_t subscription, std::size_t payload_bytes) {
    v1::Frame frame;
    frame.set_subscription(subscription);
    frame.mutable_message()->set_subject("a.b");
    frame.mutable_message()->set_payload(std::string(payload_bytes, 'p'));
    return frame.SerializeAsString();
}

TEST(PlainDelivery, IsWhatDecodeFinds) {
    for (const std::uint64_t subscription : {1U, 127U, 128U, 16384U, (1U << 28U) - 1}) {
        for (const std::size_t size : {0U, 1U, 127U, 128U, 16383U, 16384U, 70000U}) {
            const std::string bytes = encoded_delivery(subscription, size);
            PlainDelivery plain;
            ASSERT_TRUE(read_plain_delivery(bytes, plain)) << subscription << " " << size;
            const auto incoming = decode(bytes);
            ASSERT_TRUE(incoming);
            EXPECT_EQ(incoming->subscription, plain.subscription);
            EXPECT_EQ(incoming->body.data(), plain.body.data());
            EXPECT_EQ(incoming->body.size(), plain.body.size());
            const Message message = to_message(plain.body, "r");
            EXPECT_EQ(message.subject, "a.b");
            EXPECT_EQ(message.payload, std::string(size, 'p'));
            EXPECT_EQ(message.reply_to, "r");
        }
    }
}

TEST(PlainDelivery, LeavesOtherFramesToDecode) {
    const std::string whole = encoded_delivery(300, 200);
    PlainDelivery plain;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(read_plain_delivery(std::string_view(whole).substr(0, size), plain)) << size;
    }
    EXPECT_FALSE(read_plain_delivery(whole + "x", plain));
    EXPECT_FALSE(read_plain_delivery(encoded_delivery(1U << 28U, 0), plain)) << "long numbers";
    v1::Frame frame;
    frame.set_subscription(3);
    frame.mutable_message()->set_subject("s");
    frame.set_reply_to("_REPLY.1");
    EXPECT_FALSE(read_plain_delivery(frame.SerializeAsString(), plain)) << "a request";
    frame.clear_reply_to();
    frame.set_request(4);
    EXPECT_FALSE(read_plain_delivery(frame.SerializeAsString(), plain)) << "a reply";
}

TEST(Incoming, TakesTheMemoryOfTheBodyForThePayload) {
    v1::Message message;
    message.set_subject("a");
    message.set_payload(std::string(100, 'x'));
    message.set_id("7");
    std::string body = message.SerializeAsString();
    const char* const memory = body.data();
    const Message seen = take_message(std::move(body), "r");
    EXPECT_EQ(seen.payload, std::string(100, 'x'));
    EXPECT_EQ(seen.payload.data(), memory);
    EXPECT_EQ(seen.id, "7");
    EXPECT_EQ(seen.reply_to, "r");
    message.clear_payload();
    EXPECT_EQ(take_message(message.SerializeAsString(), {}).payload, "");
}

// The exchange repeats only short ones beside the message.
TEST(Incoming, TakesThePublishersReplySubjectIfThereIsNoOther) {
    v1::Message message;
    message.set_subject("a");
    message.set_reply("inbox");
    const Message seen = to_message(message.SerializeAsString(), {});
    EXPECT_EQ(seen.reply_to, "inbox");
    EXPECT_TRUE(seen.wants_reply());
}

TEST(Incoming, DecodesAnError) {
    v1::Frame frame;
    frame.set_request(4);
    frame.mutable_error()->set_code(v1::NO_RESPONDERS);
    frame.mutable_error()->set_text("nobody");
    frame.mutable_error()->set_closing(true);
    frame.mutable_error()->set_subscription(6);
    const std::string bytes = frame.SerializeAsString();
    const auto incoming = decode(bytes);
    ASSERT_TRUE(incoming);
    EXPECT_EQ(incoming->kind, IncomingKind::error);
    EXPECT_EQ(incoming->code, Errc::no_responders);
    EXPECT_EQ(incoming->text, "nobody");
    EXPECT_TRUE(incoming->closing);
    EXPECT_EQ(incoming->request, 4U);
    EXPECT_EQ(incoming->subscription, 6U);
}

TEST(Incoming, DecodesEveryLimitOfWelcome) {
    v1::Welcome welcome;
    welcome.set_version(1);
    welcome.set_server_name("x");
    welcome.set_server_version("2");
    welcome.set_session_id("3");
    v1::Limits& limits = *welcome.mutable_limits();
    limits.set_max_frame_bytes(1);
    limits.set_max_subject_bytes(2);
    limits.set_max_subject_tokens(3);
    limits.set_max_subscriptions(4);
    limits.set_max_pending_requests(5);
    limits.set_max_request_timeout_ms(6);
    limits.set_idle_timeout_ms(7);
    limits.set_max_headers(8);
    limits.set_max_durable_publications(9);
    const auto info = decode_welcome(welcome.SerializeAsString());
    ASSERT_TRUE(info);
    EXPECT_EQ(info->name + info->version + info->session_id, "x23");
    EXPECT_EQ(info->max_frame_bytes, 1U);
    EXPECT_EQ(info->max_subject_bytes, 2U);
    EXPECT_EQ(info->max_subject_tokens, 3U);
    EXPECT_EQ(info->max_subscriptions, 4U);
    EXPECT_EQ(info->max_pending_requests, 5U);
    EXPECT_EQ(info->max_request_timeout.count(), 6);
    EXPECT_EQ(info->idle_timeout.count(), 7);
    EXPECT_EQ(info->max_headers, 8U);
    EXPECT_EQ(info->max_durable_publications, 9U);
}

TEST(Incoming, SkipsUnknownFieldsAndGroups) {
    // Field 30 as a group holding field 1, then field 31 fixed32, then Ping{nonce 2}.
    const std::string bytes(
        "\xF3\x01\x08\x05\xF4\x01\xFD\x01"
        "abcd"
        "\x7A\x02\x08\x02",
        16
    );
    const auto incoming = decode(bytes);
    ASSERT_TRUE(incoming);
    EXPECT_EQ(incoming->kind, IncomingKind::ping);
    EXPECT_EQ(incoming->number, 2U);
}

TEST(Incoming, EveryTruncationIsRejectedOrHarmless) {
    v1::Frame frame;
    frame.mutable_error()->set_text("some text");
    frame.mutable_error()->set_code(v1::INTERNAL);
    const std::string bytes = frame.SerializeAsString();
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode(ByteView(bytes).substr(0, size))) << size;
    }
    EXPECT_TRUE(decode({}));
    EXPECT_FALSE(decode("\x07"));                          // wire type 7
    EXPECT_FALSE(decode(std::string(200, '\xF3')));        // groups without end
    EXPECT_FALSE(decode("\x0A\xFF\xFF\xFF\xFF\xFF\x01"));  // a length over the end
}

}  // namespace
}  // namespace telex::client
