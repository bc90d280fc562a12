#pragma once
// The naive decoder of kind value: by recursive descent, byte by byte, from the beginning of each
// value.
#include "support/naive_decoder.hpp"

namespace telex::test {

DecodeOutcome naive_values(const codec::Framing& framing, ByteView stream);

}  // namespace telex::test
