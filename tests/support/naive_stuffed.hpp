#pragma once
// The stuffed kinds of the naive decoder (naive_decoder.hpp).
#include "support/naive_decoder.hpp"

namespace telex::test {

DecodeOutcome naive_stuffed(const codec::Framing& framing, ByteView stream);

}  // namespace telex::test
