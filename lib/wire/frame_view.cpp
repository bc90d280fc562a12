#include "wire/frame_view.hpp"

#include "base/utf8.hpp"
#include "wire/field_numbers.hpp"
#include "wire/plain_publication.hpp"
#include "wire/reader.hpp"

namespace telex::wire {
namespace {

constexpr std::uint32_t varint_tag(std::uint32_t field) {
    return tag_of(field, WireType::varint);
}

constexpr std::uint32_t length_tag(std::uint32_t field) {
    return tag_of(field, WireType::length);
}

// Reads one Header; the last occurrence of a field wins.
bool read_header(Reader& in, HeaderView& header, int depth) {
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag)) {
            return false;
        }
        bool good = false;
        switch (tag) {
            case length_tag(header_field::kName):
                good = in.read_text(header.name);
                break;
            case length_tag(header_field::kValue):
                good = in.read_text(header.value);
                break;
            default:
                good = in.skip(tag, depth);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

bool count_header(Reader& in, MessageView& message, int depth) {
    std::string_view bytes;
    if (!in.read_bytes(bytes)) {
        return false;
    }
    message.header_count += 1;
    message.header_bytes += bytes.size();
    Reader nested(bytes);
    HeaderView unused;
    return read_header(nested, unused, depth - 1) || in.fail(nested.error());
}

bool read_message(Reader& in, MessageView& message, int depth) {
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag)) {
            return false;
        }
        bool good = false;
        std::string_view unused;
        switch (tag) {
            case length_tag(message_field::kSubject):
                good = in.read_text(message.subject);
                break;
            case length_tag(message_field::kPayload):
                good = in.read_bytes(message.payload);
                break;
            case length_tag(message_field::kReply):
                good = in.read_text(message.reply);
                break;
            case length_tag(message_field::kHeaders):
                good = count_header(in, message, depth);
                break;
            case length_tag(message_field::kHeaderBlock):
                good = in.read_bytes(message.header_block);
                break;
            case length_tag(message_field::kId):
            case length_tag(message_field::kContentType):
            case length_tag(message_field::kType):
                good = in.read_text(unused);
                break;
            default:
                good = in.skip(tag, depth);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

// `merged` collects the bodies of several occurrences: protobuf's merge equals parsing the
// encodings one after the other.
bool read_nested_message(Reader& in, FrameView& frame, std::string* merged) {
    if (frame.has_message && merged == nullptr) {
        return in.fail(ScanError::unusual);
    }
    frame.has_message = true;
    if (!in.read_bytes(frame.message.body)) {
        return false;
    }
    if (merged != nullptr) {
        merged->append(frame.message.body);
    }
    // Each occurrence must be valid alone: two invalid halves must not form a valid whole.
    Reader nested(frame.message.body);
    return read_message(nested, frame.message, kMaxDepth - 1) || in.fail(nested.error());
}

// A field outside a message: a control, or unknown.
bool read_other(Reader& in, std::uint32_t tag, FrameView& frame) {
    const std::uint32_t field = tag >> 3U;
    const bool control = field >= frame_field::kHello && field <= frame_field::kAcknowledge &&
                         static_cast<WireType>(tag & 7U) == WireType::length;
    if (control) {
        frame.has_control = true;
        frame.control_count += 1;
        frame.control_field = field;
    }
    return in.skip(tag, kMaxDepth);
}

bool read_uint32(Reader& in, std::uint32_t& number) {
    std::uint64_t value = 0;
    if (!in.read_varint(value)) {
        return false;
    }
    number = static_cast<std::uint32_t>(value);  // protobuf drops the upper half too
    return true;
}

bool read_bool(Reader& in, bool& flag) {
    std::uint64_t value = 0;
    if (!in.read_varint(value)) {
        return false;
    }
    flag = value != 0;
    return true;
}

bool read_position_fields(Reader& in, Position& position) {
    std::uint64_t number = 0;
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag)) {
            return false;
        }
        bool good = false;
        switch (tag) {
            case varint_tag(position_field::kSequence):
                good = in.read_varint(position.sequence);
                break;
            case varint_tag(position_field::kUnixNanoseconds):
                good = in.read_varint(number);
                position.unix_nanoseconds = static_cast<std::int64_t>(number);
                break;
            case varint_tag(position_field::kAttempt):
                good = read_uint32(in, position.attempt);
                break;
            case varint_tag(position_field::kRedelivered):
                good = read_bool(in, position.redelivered);
                break;
            default:
                good = in.skip(tag, kMaxDepth - 1);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

// Several occurrences merge: the last value of each field counts.
bool read_position(Reader& in, FrameView& frame) {
    std::string_view bytes;
    if (!in.read_bytes(bytes)) {
        return false;
    }
    frame.has_position = true;
    Reader nested(bytes);
    return read_position_fields(nested, frame.position) || in.fail(nested.error());
}

bool read_frame(Reader& in, FrameView& frame, std::string* merged) {
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag)) {
            return false;
        }
        bool good = false;
        switch (tag) {
            case varint_tag(frame_field::kSubscription):
                good = in.read_varint(frame.subscription);
                break;
            case length_tag(frame_field::kMessage):
                good = read_nested_message(in, frame, merged);
                break;
            case varint_tag(frame_field::kRequest):
                good = in.read_varint(frame.request);
                break;
            case varint_tag(frame_field::kTimeoutMs):
                good = read_uint32(in, frame.timeout_ms);
                break;
            case length_tag(frame_field::kReplyTo):
                good = in.read_text(frame.reply_to);
                break;
            case varint_tag(frame_field::kDurable):
                good = read_bool(in, frame.durable);
                break;
            case length_tag(frame_field::kPosition):
                good = read_position(in, frame);
                break;
            default:
                good = read_other(in, tag, frame);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string_view text_of(ScanError error) {
    switch (error) {
        case ScanError::malformed:
            return "not a protobuf message";
        case ScanError::bad_utf8:
            return "a string that is not UTF-8";
        case ScanError::too_deep:
            return "nested too deeply";
        case ScanError::unusual:
            return "more than one message";
    }
    return "not a valid frame";
}

Result<FrameView, ScanError> scan_frame(ByteView frame) {
    Result<FrameView, ScanError> result;
    if (read_plain_publication(frame, result->message)) [[likely]] {
        if (is_ascii(result->message.subject)) [[likely]] {
            result->has_message = true;
            return result;
        }
        result->message = {};
    }
    Reader in(frame);
    if (!read_frame(in, *result, nullptr)) {
        result = unexpected(in.error());
    }
    return result;
}

Result<MessageView, ScanError> scan_message(ByteView body) {
    Result<MessageView, ScanError> result;
    result->body = body;
    Reader in(body);
    if (!read_message(in, *result, kMaxDepth)) {
        result = unexpected(in.error());
    }
    return result;
}

Result<FrameView, ScanError> scan_merged(ByteView frame, std::string& storage) {
    storage.clear();
    Result<FrameView, ScanError> result;
    Reader in(frame);
    if (!read_frame(in, *result, &storage)) {
        return unexpected(in.error());
    }
    if (result->has_message) {
        MessageView& message = result->message;
        message = {};
        message.body = storage;
        Reader nested(storage);
        if (!read_message(nested, message, kMaxDepth - 1)) {
            return unexpected(nested.error());
        }
    }
    return result;
}

bool HeaderReader::next(HeaderView& header) {
    Reader in({at_, static_cast<std::size_t>(end_ - at_)});
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        std::string_view bytes;
        if (!in.read_tag(tag)) {
            break;
        }
        if (tag != length_tag(message_field::kHeaders)) {
            if (!in.skip(tag, kMaxDepth)) {
                break;
            }
            continue;
        }
        header = {};
        if (!in.read_bytes(bytes)) {
            break;
        }
        at_ = in.position();
        Reader nested(bytes);
        return read_header(nested, header, kMaxDepth);
    }
    at_ = end_;
    return false;
}

}  // namespace telex::wire
