#pragma once
// Frames of several parts, each with its own length: ONC RPC, MySQL.
//
//      part ──head, within the limits──▶ (wait for its body) ──another follows──▶ part
//        ▲  │                                     └──the last one──▶ frame ──▶ part
//        │  └──over a limit, discard──▶ discard ──the last one ends──┐
//        └──────────────────────────────────────────────────────────┘
//
// The parts of a frame stay in the input until the last one is there: a frame is consumed in one
// step. The limit applies to all of them, and is checked at each head, before the decoder waits for
// the body; only then are bodies joined. The number of parts is bounded, too: they may be empty.
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/frame_part_reader.hpp"
#include "codec/framing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace telex::codec {

class ContinuedDecoder final : public Decoder {
public:
    explicit ContinuedDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override {
        limit_ = std::min(max_bytes, max_frame_bytes_);
    }

    void release() override;

private:
    DecodeStep wait_for(std::size_t bytes);
    DecodeStep read_parts(ByteView input);
    bool exceeds(std::uint64_t body) const;
    DecodeStep deliver(ByteView input);
    ByteView join(ByteView input);
    DecodeStep give_up(ByteView input, FramePartReader::Part part);
    DecodeStep discard(ByteView input);
    // Passes over a part that begins `before` bytes into the input.
    DecodeStep skip_part(ByteView input, std::size_t before, FramePartReader::Part part, bool lost);
    void start_frame();

    FramePartReader reader_;
    bool keep_head_;
    EmptyFrames empty_;
    std::size_t max_parts_;
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;

    std::size_t wanted_;              // size of the input below which no step is possible
    std::size_t read_ = 0;            // bytes of the complete parts
    std::size_t body_ = 0;            // bytes of their bodies
    std::size_t parts_ = 0;           // their number
    bool discarding_ = false;         // the frame is over a limit
    std::uint64_t discard_left_ = 0;  // bytes of the part that is discarded
    bool discards_last_ = false;      // it is the last one
    std::string scratch_;             // joined bodies
};

}  // namespace telex::codec
