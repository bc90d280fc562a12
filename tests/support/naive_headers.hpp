#pragma once
// The naive decoder of kind headers: the whole stream at once, line by line.
#include "support/naive_decoder.hpp"

namespace telex::test {

DecodeOutcome naive_headers(const codec::Framing& framing, ByteView stream);

}  // namespace telex::test
