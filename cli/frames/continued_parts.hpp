#pragma once
// The parts of a frame that has several ones with a length each.
#include "cli/frames/frame_fault.hpp"
#include "cli/frames/frame_parts.hpp"

namespace telex::cli {

// A whole frame.
ExplainedFrame explain_continued_frame(const codec::LengthOptions& options, ByteView bytes);

// The complete parts of a frame with an error, and the rest.
std::vector<FramePart> explain_continued_beginning(
    const codec::LengthOptions& options, ByteView bytes
);

// Why the decoder refused it: its length or the number of its parts.
FrameFault find_continued_fault(const codec::Framing& framing, ByteView bytes);

}  // namespace telex::cli
