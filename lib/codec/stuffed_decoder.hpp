#pragma once
// Byte-stuffed frames: find the end byte, unstuff the bytes before it, check their checksum.
//
//      search ──end byte──▶ unstuff ──▶ frame ──▶ search
//        │
//        └──longer than the limit's longest notation, discard──▶ discard ──end byte──▶ search
//
// Lone end bytes are fillers, or begin a frame, and are skipped.
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/stuffing.hpp"

#include <cstddef>
#include <string>

namespace telex::codec {

// Scheme is one of stuffing.hpp.
template <class Scheme>
class StuffedDecoder final : public Decoder {
public:
    explicit StuffedDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    void release() override { release_scratch(); }

private:
    std::size_t leading_ends(ByteView input);
    [[gnu::always_inline]] DecodeStep terminated(ByteView stuffed, std::size_t consumed);
    [[gnu::always_inline]] DecodeStep deliver(
        ByteView payload, std::size_t stuffed, std::size_t consumed
    );
    DecodeStep damaged(FrameError error, std::size_t stuffed, std::size_t consumed);
    std::size_t max_stuffed() const;
    DecodeStep give_up(std::size_t spent, std::size_t consumed, bool ended);
    DecodeStep unterminated(ByteView input);
    void release_scratch();

    EmptyFrames empty_;
    bool close_when_oversize_;
    bool close_when_damaged_;
    std::size_t checksum_bytes_;
    bool discarding_ = false;
    std::size_t scanned_ = 0;
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;
    std::string scratch_;
};

extern template class StuffedDecoder<Cobs>;
extern template class StuffedDecoder<Slip>;
extern template class StuffedDecoder<Hdlc>;

}  // namespace telex::codec
