#pragma once
// The part of validate() for kind headers.
#include "codec/validate_length.hpp"

namespace telex::codec {

Problem check_headers(const Framing& framing);

}  // namespace telex::codec
