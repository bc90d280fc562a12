#pragma once
// The 16-bit frame check sequence of HDLC: RFC 1662, appendix C.2.
#include "base/bytes.hpp"

#include <cstdint>

namespace telex::codec {

// Sent after the content, low byte first.
std::uint16_t fcs16(ByteView content);

}  // namespace telex::codec
