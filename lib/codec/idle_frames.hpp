#pragma once
// Frames that end when the sender pauses: Modbus RTU, senders without delimiters. The decoder has
// no clock: its owner reports pauses (Decoder::end_by_pause).
//
//      gather ──pause──▶ frame ──▶ gather
//        └──over the limit, discard──▶ discard ──pause──▶ gather
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/encoder.hpp"

#include <algorithm>
#include <cstddef>

namespace telex::codec {

class IdleDecoder final : public Decoder {
public:
    explicit IdleDecoder(const Framing& framing)
        : limit_(framing.max_frame_bytes),
          max_frame_bytes_(framing.max_frame_bytes),
          budget_(framing) {}

    DecodeStep decode(ByteView input) override;
    DecodeStep end_by_pause(ByteView rest) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override {
        limit_ = std::min(max_bytes, max_frame_bytes_);
    }

private:
    bool discarding_ = false;
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;
};

// Writes payloads as they are: the peer, too, sees frames by their pauses.
class IdleEncoder final : public Encoder {
public:
    explicit IdleEncoder(const Framing& framing) : limit_(framing.encode_limit()) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    [[nodiscard]] Result<void, FrameError> check_size(std::size_t payload_size) const;

    std::size_t limit_;
};

}  // namespace telex::codec
