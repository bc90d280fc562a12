#pragma once
// The part of validate() for kind length.
#include "codec/framing.hpp"

#include <optional>
#include <string>

namespace telex::codec {

// One line that says why a combination is impossible; nullopt if it is possible.
using Problem = std::optional<std::string>;

// Longest literal of a framing: head, start, delimiter, terminator, trailer.
inline constexpr std::size_t kMaxLiteralBytes = 16;

Problem check_length(const Framing& framing);

}  // namespace telex::codec
