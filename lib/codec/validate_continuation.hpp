#pragma once
// The part of validate() for frames of several parts.
#include "codec/validate_length.hpp"

#include <cstdint>

namespace telex::codec {

// Requires a valid length field.
Problem check_continuation(const Framing& framing);

// Size of the longest payload (saturated).
std::uint64_t largest_continued(const LengthOptions& length);

}  // namespace telex::codec
