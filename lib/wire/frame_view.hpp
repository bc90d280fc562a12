#pragma once
// Reads a Frame on the hot path: one walk over its bytes that finds what routing needs, as views,
// without allocation.
//
// The generated parser is the reference: scan_frame accepts exactly what v1::Frame::ParseFromArray
// accepts and finds the same values, with two exceptions that it reports:
//   - has_control: the bytes of control sub-messages were only skipped. The caller parses the frame
//     with v1::Frame, and that parser decides.
//   - ScanError::unusual: `message` occurs more than once, which protobuf merges. The caller uses
//     scan_merged.
// Therefore: fields in any order, the last one wins, unknown fields and groups are skipped, known
// numbers with another wire type are unknown fields, strings (every occurrence) must be UTF-8,
// over-long varints are accepted as far as the library does, 100 levels of nesting.
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::wire {

// The parts of a Message that routing needs. Views into the scanned bytes.
struct MessageView {
    ByteView body;  // the whole encoded Message, as published
    std::string_view subject;
    std::string_view reply;
    ByteView payload;
    std::uint32_t header_count = 0;
    std::size_t header_bytes = 0;  // sum of the encoded Headers, without their tags and lengths
    ByteView header_block{};       // Message.header_block; empty for most messages with headers
};

// A Message of a subject and a payload, in this order, and nothing else.
struct PlainMessage {
    ByteView body;  // the whole encoded Message
    // Places in the body. The payload reaches to its end.
    std::uint32_t subject_at = 0;
    std::uint32_t payload_at = 0;

    ByteView payload() const { return body.substr(payload_at); }

    MessageView view(std::size_t subject_size) const {
        return {
            .body = body,
            .subject = body.substr(subject_at, subject_size),
            .reply = {},
            .payload = payload()
        };
    }
};

// The place of a consumer's message in its stream: v1::Position.
struct Position {
    std::uint64_t sequence = 0;
    std::int64_t unix_nanoseconds = 0;
    std::uint32_t attempt = 0;
    bool redelivered = false;
};

// The result of one walk over a Frame. Views into the scanned bytes.
struct FrameView {
    std::uint64_t subscription = 0;
    std::uint64_t request = 0;
    std::uint32_t timeout_ms = 0;
    std::string_view reply_to;
    bool durable = false;
    bool has_position = false;
    bool has_message = false;
    MessageView message;
    bool has_control = false;
    // Number of controls. The generated parser keeps only the last one, so only this shows a frame
    // with several.
    std::uint32_t control_count = 0;
    // Field number of the last control, as in v1::Frame::ControlCase; 0 if there is none.
    std::uint32_t control_field = 0;
    Position position;
};

enum class ScanError : std::uint8_t {
    malformed,  // not a protobuf encoding: truncated, field number 0, wire type 6 or 7, ...
    bad_utf8,   // a string field is not UTF-8
    too_deep,   // groups nested deeper than the generated parser allows
    unusual,    // may be valid; scan_merged decides
};

std::string_view text_of(ScanError error);

[[nodiscard]] Result<FrameView, ScanError> scan_frame(ByteView frame);

// The same for an encoded Message.
[[nodiscard]] Result<MessageView, ScanError> scan_message(ByteView body);

// For frames with ScanError::unusual: joins the messages into one body in `storage` (replacing its
// content). The message's views point into `storage`, reply_to into the frame. Never fails with
// `unusual`.
[[nodiscard]] Result<FrameView, ScanError> scan_merged(ByteView frame, std::string& storage);

struct HeaderView {
    std::string_view name;
    std::string_view value;
};

// Walks the headers of a Message accepted by scan_message or scan_frame, in order.
class HeaderReader {
public:
    explicit HeaderReader(ByteView body) : at_(body.data()), end_(body.data() + body.size()) {}

    // Returns false at the end (also for unscanned bytes; never reads out of bounds).
    [[nodiscard]] bool next(HeaderView& header);

private:
    const char* at_;
    const char* end_;
};

// Calls f(std::string_view name, std::string_view value) for each header.
template <class F>
void for_each_header(ByteView body, F&& f) {
    HeaderReader reader(body);
    for (HeaderView header; reader.next(header);) {
        f(header.name, header.value);
    }
}

}  // namespace telex::wire
