#pragma once
// The parts of a byte-stuffed frame.
#include "cli/frames/frame_parts.hpp"

#include <optional>

namespace telex::cli {

// A whole frame.
ExplainedFrame explain_stuffed_frame(
    const codec::Framing& framing, ByteView bytes, ByteView payload
);

// Offset of the first escape that no encoder writes, in stuffed content without its end byte.
std::optional<std::size_t> find_bad_escape(codec::Stuffing stuffing, ByteView stuffed);

// The byte that ends frames of cobs, slip and hdlc.
char end_byte(codec::Stuffing stuffing);

}  // namespace telex::cli
