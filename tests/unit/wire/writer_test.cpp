#include "wire/writer.hpp"

#include "telex/v1/telex.pb.h"
#include "wire/frame_encoding.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace telex::wire {
namespace {

using namespace std::string_literals;

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

std::string varint(std::uint64_t value) {
    char bytes[kMaxVarintBytes];
    return {bytes, write_varint(bytes, value)};
}

std::string delivery(std::uint64_t subscription, std::string_view body, std::string_view reply_to) {
    char head[kMaxDeliveryHead];
    const std::size_t size = write_delivery_head(head, subscription, body.size(), reply_to);
    return std::string(head, size).append(body);
}

std::string encoded_message() {
    v1::Message message;
    message.set_subject("billing.charge");
    message.set_payload("\0\1\2"s);
    return message.SerializeAsString();
}

TEST(Varint, GoldenBytes) {
    EXPECT_EQ(varint(0), "\0"s);
    EXPECT_EQ(varint(1), "\x01");
    EXPECT_EQ(varint(127), "\x7F");
    EXPECT_EQ(varint(128), "\x80\x01");
    EXPECT_EQ(varint(300), "\xAC\x02");
    EXPECT_EQ(varint(kMax), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
}

TEST(Varint, SizeIsWhatIsWritten) {
    for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t value = std::uint64_t{1} << bit;
        EXPECT_EQ(varint_size(value), varint(value).size()) << value;
        EXPECT_EQ(varint_size(value - 1), varint(value - 1).size()) << value - 1;
    }
    EXPECT_EQ(varint_size(kMax), kMaxVarintBytes);
}

TEST(DeliveryHead, GoldenBytes) {
    EXPECT_EQ(
        delivery(7, "BODY", ""),
        "\x08\x07\x12\x04"
        "BODY"s
    );
    EXPECT_EQ(
        delivery(7, "BODY", "_REPLY.1"),
        "\x08\x07\x2A\x08_REPLY.1\x12\x04"
        "BODY"s
    );
}

TEST(DeliveryHead, MakesAFrameWithTheUnchangedBody) {
    const std::string body = encoded_message();
    for (const std::uint64_t subscription : {std::uint64_t{0}, std::uint64_t{300}, kMax}) {
        for (const std::string& reply_to : {""s, "_REPLY.1.2"s, std::string(64, 'r')}) {
            v1::Frame frame;
            ASSERT_TRUE(frame.ParseFromString(delivery(subscription, body, reply_to)));
            EXPECT_EQ(frame.subscription(), subscription);
            EXPECT_EQ(frame.reply_to(), reply_to);
            EXPECT_EQ(frame.message().SerializeAsString(), body);
        }
    }
}

TEST(DeliveryHead, NeverExceedsItsMaximum) {
    char head[kMaxDeliveryHead];
    EXPECT_EQ(
        write_delivery_head(head, kMax, kMax, std::string(kMaxReplyToBytes, 'r')), kMaxDeliveryHead
    );
}

TEST(DeliveryHead, RejectsALongReplySubject) {
    char head[kMaxDeliveryHead];
    EXPECT_EQ(write_delivery_head(head, 1, 1, std::string(kMaxReplyToBytes + 1, 'r')), 0U);
}

TEST(StoredHead, MakesAFrameWithThePosition) {
    const std::string body = encoded_message();
    char head[kMaxStoredHead];
    const std::size_t size = write_stored_head(
        head,
        5,
        body.size(),
        {.sequence = 300, .unix_nanoseconds = -1, .attempt = 2, .redelivered = true}
    );
    v1::Frame frame;
    ASSERT_TRUE(frame.ParseFromString(std::string(head, size) + body));
    EXPECT_EQ(frame.subscription(), 5U);
    EXPECT_EQ(frame.position().sequence(), 300U);
    EXPECT_EQ(frame.position().unix_nanoseconds(), -1);
    EXPECT_EQ(frame.position().attempt(), 2U);
    EXPECT_TRUE(frame.position().redelivered());
    EXPECT_EQ(frame.message().SerializeAsString(), body);
}

TEST(StoredHead, FitsItsMaximum) {
    char head[kMaxStoredHead];
    const std::size_t size = write_stored_head(
        head,
        kMax,
        kMax,
        {.sequence = kMax, .unix_nanoseconds = -1, .attempt = UINT32_MAX, .redelivered = true}
    );
    EXPECT_LE(size, kMaxStoredHead);
}

TEST(StoredReply, IsTheFrameOfTheGeneratedCode) {
    for (const bool duplicate : {false, true}) {
        for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{300}, kMax}) {
            for (const std::string& stream : {std::string("s"), std::string(255, 's')}) {
                v1::Frame frame;
                frame.set_request(number);
                frame.mutable_stored()->set_stream(stream);
                frame.mutable_stored()->set_sequence(number);
                frame.mutable_stored()->set_duplicate(duplicate);
                std::string bytes;
                append_stored(bytes, number, stream, number, duplicate);
                EXPECT_EQ(bytes, frame.SerializeAsString());
            }
        }
    }
}

TEST(ReplyHead, MakesAFrameWithTheRequest) {
    const std::string body = encoded_message();
    char head[kMaxReplyHead];
    const std::size_t size = write_reply_head(head, 300, body.size());
    EXPECT_EQ(std::string_view(head, size), "\x18\xAC\x02\x12\x15");
    v1::Frame frame;
    ASSERT_TRUE(frame.ParseFromString(std::string(head, size) + body));
    EXPECT_EQ(frame.request(), 300U);
    EXPECT_EQ(frame.message().SerializeAsString(), body);
}

TEST(ReplyHead, NeverExceedsItsMaximum) {
    char head[kMaxReplyHead];
    EXPECT_EQ(write_reply_head(head, kMax, kMax), kMaxReplyHead);
}

TEST(PublishHead, IsTheMessageTagAloneForAPublish) {
    char head[kMaxPublishHead];
    const std::size_t size = write_publish_head(head, 4);
    EXPECT_EQ(std::string_view(head, size), "\x12\x04");
}

TEST(PublishHead, CarriesRequestAndTimeout) {
    const std::string body = encoded_message();
    char head[kMaxPublishHead];
    const std::size_t size = write_publish_head(head, body.size(), 9, 4'000'000'000U);
    v1::Frame frame;
    ASSERT_TRUE(frame.ParseFromString(std::string(head, size) + body));
    EXPECT_EQ(frame.request(), 9U);
    EXPECT_EQ(frame.timeout_ms(), 4'000'000'000U);
    EXPECT_EQ(frame.message().SerializeAsString(), body);
    EXPECT_LE(write_publish_head(head, kMax, kMax, 0xFFFF'FFFFU, true), kMaxPublishHead);
}

TEST(PublishHead, TellsADurablePublication) {
    const std::string body = encoded_message();
    char head[kMaxPublishHead];
    const std::size_t size = write_publish_head(head, body.size(), 9, 0, true);
    v1::Frame frame;
    ASSERT_TRUE(frame.ParseFromString(std::string(head, size) + body));
    EXPECT_EQ(frame.request(), 9U);
    EXPECT_TRUE(frame.durable());
    EXPECT_EQ(frame.message().SerializeAsString(), body);
}

TEST(AppendMessage, EqualsTheSerializer) {
    const std::vector<HeaderView> headers{{"a", "1"}, {"", ""}, {"a", std::string_view("2")}};
    const std::string payload(300, '\xFF');
    const MessageParts parts{
        .subject = "s.t",
        .payload = payload,
        .reply = "r",
        .headers = headers,
        .id = "id-1",
        .content_type = "text/plain",
        .type = "x.Y",
    };
    v1::Message message;
    message.set_subject("s.t");
    message.set_payload(payload);
    message.set_reply("r");
    for (const HeaderView& header : headers) {
        v1::Header& added = *message.add_headers();
        added.set_name(std::string(header.name));
        added.set_value(std::string(header.value));
    }
    message.set_id("id-1");
    message.set_content_type("text/plain");
    message.set_type("x.Y");
    std::string body = "before";
    append_message(body, parts);
    EXPECT_EQ(body, "before" + message.SerializeAsString());
    EXPECT_EQ(message_size(parts), message.ByteSizeLong());
}

void expect_terms(const StreamTerms& terms, const v1::Message& message) {
    const MessageParts parts{.subject = "s", .type = "t", .stream_terms = &terms};
    std::string body;
    append_message(body, parts);
    EXPECT_EQ(body, message.SerializeAsString());
    EXPECT_EQ(message_size(parts), body.size());
}

TEST(AppendMessage, EqualsTheSerializerWithTermsOfStreams) {
    v1::Message message;
    message.set_subject("s");
    message.set_type("t");
    expect_terms({}, message);
    message.set_expected_last_sequence(0);
    expect_terms({.expected_last_sequence = 0}, message);
    message.set_ttl_ms(5'000);
    message.set_expected_last_sequence(kMax);
    message.set_expected_subject_sequence(300);
    message.set_roll_up(v1::ROLL_UP_ALL);
    expect_terms(
        {.ttl_ms = 5'000,
         .expected_last_sequence = kMax,
         .expected_subject_sequence = 300,
         .roll_up = 2},
        message
    );
}

TEST(AppendMessage, LeavesOutEmptyFields) {
    std::string body;
    append_message(body, "s", "");
    EXPECT_EQ(body, "\x0A\x01s");
    append_message(body, "", "");
    EXPECT_EQ(body, "\x0A\x01s");
    EXPECT_EQ(message_size({}), 0U);
}

TEST(AppendFrame, AppendsWithoutALength) {
    v1::Frame frame;
    frame.mutable_ping()->set_nonce(5);
    std::string out = "x";
    append_frame(out, frame);
    EXPECT_EQ(out, "x\x7A\x02\x08\x05");
}

}  // namespace
}  // namespace telex::wire
