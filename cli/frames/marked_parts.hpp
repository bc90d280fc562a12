#pragma once
// The parts of frames whose content is stuffed so that a sequence of bytes ends them: dots, DLE.
#include "cli/frames/frame_parts.hpp"

namespace telex::cli {

// Whole frames.
ExplainedFrame explain_dot_frame(ByteView bytes);
ExplainedFrame explain_dle_frame(const codec::DleOptions& options, ByteView bytes);

}  // namespace telex::cli
