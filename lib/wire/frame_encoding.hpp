#pragma once
// Encodes frames through the generated code.
#include <string>

namespace telex::v1 {
class Frame;
}

namespace telex::wire {

// Appends the frame's encoding, without a length in front.
void append_frame(std::string& out, const v1::Frame& frame);

}  // namespace telex::wire
