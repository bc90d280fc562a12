#pragma once
// The meaning of each byte of a frame by the options of its framing: `telex frame decode
// --explain`. The decoder has decided where the frame ends and what its payload is; this only names
// the bytes.
#include "base/bytes.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

enum class PartKind : std::uint8_t {
    head,        // a literal that begins the frame
    other,       // bytes of the head that the framing does not interpret
    length,      // the length field
    terminator,  // of the digits of a length
    body,        // of the payload
    ending,      // removed from the payload: `trim`, a CR
    padding,
    trailer,
    delimiter,
    filler,  // end bytes, line ends or white space before a frame
    escape,  // bytes that stand for others
    checksum,
    line,     // of headers
    skipped,  // of a frame that was not delivered
    rest      // not read because of an error
};

// As printed.
std::string_view name_of(PartKind kind);

struct FramePart {
    PartKind kind = PartKind::body;
    std::size_t size = 0;  // never 0
    std::string note;      // what the bytes mean
};

struct ExplainedFrame {
    std::vector<FramePart> parts;
    std::string end;  // why the frame ends here
};

// The sizes of the parts add up to that of `bytes`: a frame that the decoder of `framing` accepted,
// with its payload. `at_end`: the end of the stream ended it. Frames with many escapes or header
// lines have at most about 100 parts.
ExplainedFrame explain_frame(
    const codec::Framing& framing, ByteView bytes, ByteView payload, bool at_end
);

// The parts of the beginning of a frame with an error, as far as they are known.
std::vector<FramePart> explain_beginning(const codec::Framing& framing, ByteView bytes);

}  // namespace telex::cli
