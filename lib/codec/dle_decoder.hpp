#pragma once
// Frames between two pairs of bytes: DLE and a start byte, DLE and an end byte. A DLE inside comes
// as a pair of itself. Without a start byte, DLE and any other byte begin a frame, and that byte is
// the first of its payload (the number of the packet: Trimble, Garmin).
//
//      between ──start──▶ inside ──end──▶ frame ──▶ between
//         │                 │
//         │                 ├──over the limit, discard──▶ oversize ──end──▶ between
//         │                 └──other pair, discard──▶ between (a start) or noise
//         └──other bytes, discard──▶ noise ──start──▶ between
//
// Everything is read pair by pair from the first byte on, also noise.
#include "codec/decoder.hpp"
#include "codec/stuffed_outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::codec {

class DleDecoder final : public Decoder {
public:
    explicit DleDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override { outcome_.limit_payload(max_bytes); }

    void release() override { outcome_.release_scratch(); }

private:
    enum class State : std::uint8_t { between, inside, oversize, noise };

    bool starts(char second) const;
    // Moves scanned_ to the next DLE that is not one of a pair of them. Returns the byte behind it,
    // or nullopt if more bytes are needed.
    std::optional<char> next_mark(ByteView input);

    DecodeStep begin(ByteView input);
    DecodeStep inside(ByteView input);
    DecodeStep oversize(ByteView input);
    DecodeStep noise(ByteView input);
    DecodeStep wait(ByteView input);
    DecodeStep give_up(std::size_t content, std::size_t consumed);
    DecodeStep ended(ByteView stuffed, std::size_t consumed);
    // A pair inside of a frame that neither ends it nor stands for a DLE.
    DecodeStep broken(std::size_t spent, char second, bool lost);
    void enter(State state);

    std::optional<char> start_;
    char end_;
    std::size_t head_;  // bytes before the content
    State state_ = State::between;
    bool noise_is_lost_ = true;  // the next step of noise is the first one
    std::size_t scanned_ = 0;    // whole pairs and other bytes are before this offset
    StuffedOutcome outcome_;
};

}  // namespace telex::codec
