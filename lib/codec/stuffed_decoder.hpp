#pragma once
// Byte-stuffed frames: find the end byte, unstuff the bytes before it, check their checksum.
//
//      search ──end byte──▶ unstuff ──▶ frame ──▶ search
//        │
//        └──longer than the limit's longest notation, discard──▶ discard ──end byte──▶ search
//
// Lone end bytes are fillers, or begin a frame, and are skipped.
#include "codec/decoder.hpp"
#include "codec/stuffed_outcome.hpp"
#include "codec/stuffing.hpp"

#include <cstddef>

namespace telex::codec {

// Scheme is one of stuffing.hpp with one end byte.
template <class Scheme>
class StuffedDecoder final : public Decoder {
public:
    explicit StuffedDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override { outcome_.limit_payload(max_bytes); }

    void release() override { outcome_.release_scratch(); }

private:
    std::size_t leading_ends(ByteView input);
    [[gnu::always_inline]] DecodeStep terminated(ByteView stuffed, std::size_t consumed);
    std::size_t max_stuffed() const;
    DecodeStep unterminated(ByteView input);

    std::size_t checksum_bytes_;
    std::size_t scanned_ = 0;
    StuffedOutcome outcome_;
};

extern template class StuffedDecoder<Cobs>;
extern template class StuffedDecoder<Slip>;
extern template class StuffedDecoder<Hdlc>;

}  // namespace telex::codec
