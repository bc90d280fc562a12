#pragma once
// The parts of a length-prefixed frame.
#include "cli/frames/part_list.hpp"
#include "codec/framing.hpp"
#include "codec/length_head.hpp"

#include <cstdint>
#include <optional>

namespace telex::cli {

// The head of a frame, and the body that it announces.
struct ReadLength {
    codec::LengthHead head;
    std::optional<std::uint64_t> body;  // nullopt: the head is incomplete, or the length too small
};

// As the decoder reads it.
ReadLength read_length(const codec::LengthOptions& options, ByteView bytes);

// The head, as far as it is there.
void add_length_head(
    PartList& parts, const codec::LengthOptions& options, const ReadLength& length
);

// A whole frame.
ExplainedFrame explain_length_frame(
    const codec::LengthOptions& options, ByteView bytes, ByteView payload
);

}  // namespace telex::cli
