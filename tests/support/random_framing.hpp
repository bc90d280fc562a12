#pragma once
// Random but valid framings, payloads and streams from a seed: the same seed, the same case.
#include "base/bytes.hpp"
#include "codec/framing.hpp"

#include <cstdint>
#include <string>

namespace telex::test {

// SplitMix64: small, and the same sequence everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next();

    // 0 to bound - 1.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

    bool one_in(std::size_t n) { return below(n) == 0; }

private:
    std::uint64_t state_;
};

// Any kind but datagram, with small limits, so that short streams reach them.
codec::Framing random_framing(Random& random);

// Bytes of which many mean something to this framing (delimiters, escapes, digits, small lengths).
std::string random_bytes(Random& random, const codec::Framing& framing, std::size_t size);

// Frames as an encoder writes them; damaged here and there when `damage`.
std::string random_stream(Random& random, const codec::Framing& framing, bool damage);

}  // namespace telex::test
