#pragma once
// Byte-stuffed frames: find the end byte, then unstuff the bytes before it.
//
//      search ──end byte──▶ unstuff ──▶ frame ──▶ search
//        │
//        └──longer than the limit's longest notation, discard──▶ discard ──end byte──▶ search
//
// Lone end bytes are fillers and are skipped.
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/stuffing.hpp"

#include <cstddef>
#include <string>

namespace telex::codec {

// Scheme is Cobs or Slip.
template <class Scheme>
class StuffedDecoder final : public Decoder {
public:
    explicit StuffedDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    void release() override { release_scratch(); }

private:
    DecodeStep terminated(ByteView stuffed);
    DecodeStep give_up(std::size_t spent, std::size_t consumed, bool ended);
    DecodeStep unterminated(ByteView input);
    void release_scratch();

    EmptyFrames empty_;
    bool discarding_ = false;
    std::size_t scanned_ = 0;
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;
    std::string scratch_;
};

extern template class StuffedDecoder<Cobs>;
extern template class StuffedDecoder<Slip>;

}  // namespace telex::codec
