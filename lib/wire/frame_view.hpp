#pragma once
// The hot path's way to read a Frame: one walk over its bytes that finds what routing needs, as
// views, and allocates nothing.
//
// The generated parser is the standard: scan_frame accepts exactly what v1::Frame::ParseFromArray
// accepts, and finds the same values, with these two exceptions, which it announces:
//   - has_control: the bytes of control sub-messages were only skipped. The caller parses the frame
//     with v1::Frame, and that parser has the last word.
//   - ScanError::unusual: `message` occurs more than once, which protobuf merges. The caller uses
//     scan_merged.
// So: fields in any order, last one wins, unknown fields and groups skipped, known numbers with
// another wire type are unknown fields, strings (of every occurrence) must be UTF-8, over-long
// varints are accepted as far as the library does, 100 levels of nesting.
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::wire {

// What routing needs of a Message. Views into the bytes that were scanned.
struct MessageView {
    ByteView body;  // the whole encoded Message, as its publisher wrote it
    std::string_view subject;
    std::string_view reply;
    ByteView payload;
    std::uint32_t header_count = 0;
    std::size_t header_bytes = 0;  // sum of the encoded Headers, without their tags and lengths
};

// What is known of a Frame after one walk. Views into the bytes that were scanned.
struct FrameView {
    std::uint64_t subscription = 0;
    std::uint64_t request = 0;
    std::uint32_t timeout_ms = 0;
    std::string_view reply_to;
    bool has_message = false;
    MessageView message;
    bool has_control = false;
    // Controls seen, the same or different ones: the generated parser keeps the last kind only, so
    // a frame of several kinds shows here alone.
    std::uint32_t control_count = 0;
    // Field number of the last control seen, as in v1::Frame::ControlCase; 0 when there is none.
    std::uint32_t control_field = 0;
};

enum class ScanError : std::uint8_t {
    malformed,  // not a protobuf encoding: cut short, field number 0, wire type 6 or 7, ...
    bad_utf8,   // a string field is not UTF-8
    too_deep,   // groups nested deeper than the generated parser follows
    unusual,    // right perhaps, but for scan_merged to say
};

std::string_view text_of(ScanError error);

[[nodiscard]] Result<FrameView, ScanError> scan_frame(ByteView frame);

// The same for the bytes of a Message alone.
[[nodiscard]] Result<MessageView, ScanError> scan_message(ByteView body);

// For a frame that scan_frame found unusual: joins the messages into one body in `storage`
// (replacing its content). The message's views are into `storage`, reply_to is one into the frame.
// Never fails with `unusual`.
[[nodiscard]] Result<FrameView, ScanError> scan_merged(ByteView frame, std::string& storage);

struct HeaderView {
    std::string_view name;
    std::string_view value;
};

// Walks the headers of a Message that scan_message or scan_frame accepted, in the publisher's
// order.
class HeaderReader {
public:
    explicit HeaderReader(ByteView body) : at_(body.data()), end_(body.data() + body.size()) {}

    // False when there are no more (also on bytes that no scan accepted, never out of bounds).
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
