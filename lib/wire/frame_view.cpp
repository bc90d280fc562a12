#include "wire/frame_view.hpp"

#include "telex/v1/telex.pb.h"
#include "wire/reader.hpp"

namespace telex::wire {
namespace {

using v1::Frame;
using v1::Header;
using v1::Message;

constexpr std::uint32_t varint_tag(int field) {
    return tag_of(static_cast<std::uint32_t>(field), WireType::varint);
}

constexpr std::uint32_t length_tag(int field) {
    return tag_of(static_cast<std::uint32_t>(field), WireType::length);
}

// Reads one Header from its bytes; the last occurrence of a field counts.
bool read_header(Reader& in, HeaderView& header, int depth) {
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag)) {
            return false;
        }
        bool good = false;
        switch (tag) {
            case length_tag(Header::kNameFieldNumber):
                good = in.read_text(header.name);
                break;
            case length_tag(Header::kValueFieldNumber):
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
            case length_tag(Message::kSubjectFieldNumber):
                good = in.read_text(message.subject);
                break;
            case length_tag(Message::kPayloadFieldNumber):
                good = in.read_bytes(message.payload);
                break;
            case length_tag(Message::kReplyFieldNumber):
                good = in.read_text(message.reply);
                break;
            case length_tag(Message::kHeadersFieldNumber):
                good = count_header(in, message, depth);
                break;
            case length_tag(Message::kIdFieldNumber):
            case length_tag(Message::kContentTypeFieldNumber):
            case length_tag(Message::kTypeFieldNumber):
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

// `merged` is where the bodies of several occurrences are joined: what protobuf calls merging is
// what a parser sees in the one encoding after the other.
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
    // Each occurrence is a whole encoding; two broken halves must not make a good one.
    Reader nested(frame.message.body);
    return read_message(nested, frame.message, kMaxDepth - 1) || in.fail(nested.error());
}

// A field that is none of a message's: a control, or unknown.
bool read_other(Reader& in, std::uint32_t tag, FrameView& frame) {
    const std::uint32_t field = tag >> 3U;
    const bool control = field >= Frame::kHelloFieldNumber && field <= Frame::kErrorFieldNumber &&
                         static_cast<WireType>(tag & 7U) == WireType::length;
    if (control) {
        frame.has_control = true;
        frame.control_count += 1;
        frame.control_field = field;
    }
    return in.skip(tag, kMaxDepth);
}

bool read_timeout(Reader& in, std::uint32_t& timeout_ms) {
    std::uint64_t value = 0;
    if (!in.read_varint(value)) {
        return false;
    }
    timeout_ms = static_cast<std::uint32_t>(value);  // the upper half is dropped, as protobuf does
    return true;
}

bool read_frame(Reader& in, FrameView& frame, std::string* merged) {
    while (!in.at_end()) {
        std::uint32_t tag = 0;
        if (!in.read_tag(tag)) {
            return false;
        }
        bool good = false;
        switch (tag) {
            case varint_tag(Frame::kSubscriptionFieldNumber):
                good = in.read_varint(frame.subscription);
                break;
            case length_tag(Frame::kMessageFieldNumber):
                good = read_nested_message(in, frame, merged);
                break;
            case varint_tag(Frame::kRequestFieldNumber):
                good = in.read_varint(frame.request);
                break;
            case varint_tag(Frame::kTimeoutMsFieldNumber):
                good = read_timeout(in, frame.timeout_ms);
                break;
            case length_tag(Frame::kReplyToFieldNumber):
                good = in.read_text(frame.reply_to);
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

// Nearly every frame: one message of an ASCII subject and a payload, in the order in which they are
// usually written, and nothing else. False: anything else, right or wrong; `frame` is as before.
bool read_plain_publication(ByteView bytes, FrameView& frame) {
    std::uint32_t tag = 0;
    ByteView body;
    std::string_view subject;
    ByteView payload;
    Reader outer(bytes);
    if (!outer.read_tag(tag) || tag != length_tag(Frame::kMessageFieldNumber) ||
        !outer.read_bytes(body) || !outer.at_end()) {
        return false;
    }
    Reader in(body);
    if (!in.read_tag(tag) || tag != length_tag(Message::kSubjectFieldNumber) ||
        !in.read_bytes(subject) || !is_ascii(subject)) {
        return false;
    }
    if (!in.read_tag(tag) || tag != length_tag(Message::kPayloadFieldNumber) ||
        !in.read_bytes(payload) || !in.at_end()) {
        return false;
    }
    frame.has_message = true;
    frame.message.body = body;
    frame.message.subject = subject;
    frame.message.payload = payload;
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
    if (read_plain_publication(frame, *result)) [[likely]] {
        return result;
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
        if (tag != length_tag(Message::kHeadersFieldNumber)) {
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
