#include "wire/writer.hpp"

#include <cstring>

namespace telex::wire {
namespace {

std::size_t distance(const char* begin, const char* end) {
    return static_cast<std::size_t>(end - begin);
}

}  // namespace

std::size_t write_delivery_head(
    char* out, std::uint64_t subscription, std::size_t body_size, std::string_view reply_to
) {
    if (reply_to.size() > kMaxReplyToBytes) {
        return 0;
    }
    char* at = write_number(out, frame_field::kSubscription, subscription);
    if (!reply_to.empty()) {
        at = write_length_head(at, frame_field::kReplyTo, reply_to.size());
        std::memcpy(at, reply_to.data(), reply_to.size());
        at += reply_to.size();
    }
    return distance(out, write_length_head(at, frame_field::kMessage, body_size));
}

std::size_t write_stored_head(
    char* out, std::uint64_t subscription, std::size_t body_size, const Position& position
) {
    char fields[kMaxStoredHead];
    char* end = write_number(fields, position_field::kSequence, position.sequence);
    end = write_number(
        end, position_field::kUnixNanoseconds, static_cast<std::uint64_t>(position.unix_nanoseconds)
    );
    end = write_number(end, position_field::kAttempt, position.attempt);
    end = write_number(end, position_field::kRedelivered, position.redelivered ? 1 : 0);
    const std::size_t size = distance(fields, end);
    char* at = write_number(out, frame_field::kSubscription, subscription);
    at = write_length_head(at, frame_field::kPosition, size);
    std::memcpy(at, fields, size);
    return distance(out, write_length_head(at + size, frame_field::kMessage, body_size));
}

void append_stored(
    std::string& out,
    std::uint64_t request,
    std::string_view stream,
    std::uint64_t sequence,
    bool duplicate
) {
    char numbers[4 * kMaxVarintBytes];
    char* end = write_number(numbers, stored_field::kSequence, sequence);
    end = write_number(end, stored_field::kDuplicate, duplicate ? 1 : 0);
    const std::size_t size = distance(numbers, end);
    append_number(out, frame_field::kRequest, request);
    append_length_head(
        out, frame_field::kStored, text_field_size(stored_field::kStream, stream) + size
    );
    append_text(out, stored_field::kStream, stream);
    out.append(numbers, size);
}

std::size_t write_reply_head(char* out, std::uint64_t request, std::size_t body_size) {
    char* const at = write_number(out, frame_field::kRequest, request);
    return distance(out, write_length_head(at, frame_field::kMessage, body_size));
}

std::size_t write_publish_head(
    char* out, std::size_t body_size, std::uint64_t request, std::uint32_t timeout_ms, bool durable
) {
    char* at = write_number(out, frame_field::kRequest, request);
    at = write_number(at, frame_field::kTimeoutMs, timeout_ms);
    at = write_number(at, frame_field::kDurable, durable ? 1 : 0);
    return distance(out, write_length_head(at, frame_field::kMessage, body_size));
}

std::size_t message_size(const MessageParts& parts) {
    return size_of_parts(parts);
}

void append_message(std::string& out, const MessageParts& parts) {
    append_parts(out, parts);
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

}  // namespace telex::wire
