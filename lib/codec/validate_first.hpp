#pragma once
// The part of validate() for framings that contain others: `first` and `write`.
#include "codec/validate_length.hpp"

namespace telex::codec {

Problem check_contained(const Framing& framing);

}  // namespace telex::codec
