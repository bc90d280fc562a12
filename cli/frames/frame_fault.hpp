#pragma once
// Where in a frame, and why, a decoder refused it.
#include "base/bytes.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <string>

namespace telex::cli {

struct FrameFault {
    std::size_t at = 0;  // offset in the frame; its size if bytes are missing
    std::string reason;
};

// `bytes` begins with the frame's first byte and ends with the last one that was read. Examines it
// at most as often as its size has binary digits.
FrameFault find_fault(const codec::Framing& framing, ByteView bytes, codec::FrameError error);

}  // namespace telex::cli
