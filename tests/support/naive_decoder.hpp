#pragma once
// The oracle of the framing tests: decodes a whole stream at once, in the most obvious way, sharing
// no code with lib/codec beyond the option structs. Not for datagrams.
#include "base/bytes.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace telex::test {

struct DecodeOutcome {
    std::vector<std::string> frames;
    std::size_t lost = 0;
    std::optional<codec::FrameError> error;
};

// Equal frames, errors and losses. Whether a frame counts as lost right before the stream itself is
// given up (too_large) depends on how much of it was there, and is not compared.
bool same_outcome(const DecodeOutcome& left, const DecodeOutcome& right);
std::string to_string(const DecodeOutcome& outcome);

DecodeOutcome naive_decode(const codec::Framing& framing, ByteView stream);

}  // namespace telex::test
