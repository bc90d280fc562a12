#include "wire/writer.hpp"

#include "telex/v1/telex.pb.h"
#include "wire/reader.hpp"

#include <cstring>

namespace telex::wire {
namespace {

using v1::Frame;
using v1::Header;
using v1::Message;

// Every field of ours has a number below 16, so a tag is one byte.
constexpr char tag_byte(int field, WireType type) {
    return static_cast<char>(tag_of(static_cast<std::uint32_t>(field), type));
}

char* put_number(char* out, int field, std::uint64_t value) {
    if (value == 0) {
        return out;
    }
    *out++ = tag_byte(field, WireType::varint);
    return out + write_varint(out, value);
}

char* put_message_head(char* out, std::size_t body_size) {
    *out++ = tag_byte(Frame::kMessageFieldNumber, WireType::length);
    return out + write_varint(out, body_size);
}

std::size_t distance(const char* begin, const char* end) {
    return static_cast<std::size_t>(end - begin);
}

void append_varint(std::string& out, std::uint64_t value) {
    char bytes[kMaxVarintBytes];
    out.append(bytes, write_varint(bytes, value));
}

std::size_t length_field_size(std::size_t bytes) {
    return 1 + varint_size(bytes) + bytes;
}

std::size_t text_field_size(std::string_view text) {
    return text.empty() ? 0 : length_field_size(text.size());
}

void append_text(std::string& out, int field, std::string_view text) {
    if (text.empty()) {
        return;
    }
    out += tag_byte(field, WireType::length);
    append_varint(out, text.size());
    out += text;
}

std::size_t header_size(const HeaderView& header) {
    return text_field_size(header.name) + text_field_size(header.value);
}

void append_header(std::string& out, const HeaderView& header) {
    out += tag_byte(Message::kHeadersFieldNumber, WireType::length);
    append_varint(out, header_size(header));
    append_text(out, Header::kNameFieldNumber, header.name);
    append_text(out, Header::kValueFieldNumber, header.value);
}

}  // namespace

std::size_t write_delivery_head(
    char* out, std::uint64_t subscription, std::size_t body_size, std::string_view reply_to
) {
    if (reply_to.size() > kMaxReplyToBytes) {
        return 0;
    }
    char* at = put_number(out, Frame::kSubscriptionFieldNumber, subscription);
    if (!reply_to.empty()) {
        *at++ = tag_byte(Frame::kReplyToFieldNumber, WireType::length);
        *at++ = static_cast<char>(reply_to.size());
        std::memcpy(at, reply_to.data(), reply_to.size());
        at += reply_to.size();
    }
    return distance(out, put_message_head(at, body_size));
}

std::size_t write_answer_head(char* out, std::uint64_t request, std::size_t body_size) {
    char* const at = put_number(out, Frame::kRequestFieldNumber, request);
    return distance(out, put_message_head(at, body_size));
}

std::size_t write_publish_head(
    char* out, std::size_t body_size, std::uint64_t request, std::uint32_t timeout_ms
) {
    char* at = put_number(out, Frame::kRequestFieldNumber, request);
    at = put_number(at, Frame::kTimeoutMsFieldNumber, timeout_ms);
    return distance(out, put_message_head(at, body_size));
}

std::size_t message_size(const MessageParts& parts) {
    std::size_t size = text_field_size(parts.subject) + text_field_size(parts.payload) +
                       text_field_size(parts.reply) + text_field_size(parts.id) +
                       text_field_size(parts.content_type) + text_field_size(parts.type);
    for (const HeaderView& header : parts.headers) {
        size += length_field_size(header_size(header));
    }
    return size;
}

void append_message(std::string& out, const MessageParts& parts) {
    append_text(out, Message::kSubjectFieldNumber, parts.subject);
    append_text(out, Message::kPayloadFieldNumber, parts.payload);
    append_text(out, Message::kReplyFieldNumber, parts.reply);
    for (const HeaderView& header : parts.headers) {
        append_header(out, header);
    }
    append_text(out, Message::kIdFieldNumber, parts.id);
    append_text(out, Message::kContentTypeFieldNumber, parts.content_type);
    append_text(out, Message::kTypeFieldNumber, parts.type);
}

void append_message(
    std::string& out,
    std::string_view subject,
    ByteView payload,
    std::string_view reply,
    std::span<const HeaderView> headers
) {
    append_message(
        out,
        MessageParts{
            .subject = subject,
            .payload = payload,
            .reply = reply,
            .headers = headers,
            .id = {},
            .content_type = {},
            .type = {}
        }
    );
}

void append_frame(std::string& out, const v1::Frame& frame) {
    frame.AppendToString(&out);
}

}  // namespace telex::wire
