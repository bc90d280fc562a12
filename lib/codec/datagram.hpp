#pragma once
// One packet is one frame, without the ending that `trim` removes. The owner passes one packet per
// call of decode() and has rejected truncated ones (MSG_TRUNC). An empty packet is not a frame:
// decode() returns need_more.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "codec/trim.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace telex::codec {

// Size in bytes of the longest packet that may be within the limit.
std::size_t largest_packet(const Framing& framing);

class DatagramDecoder final : public Decoder {
public:
    explicit DatagramDecoder(const Framing& framing)
        : trim_(framing.trim),
          empty_(framing.empty),
          discard_(framing.oversize == Oversize::discard),
          limit_(framing.max_frame_bytes),
          max_frame_bytes_(framing.max_frame_bytes) {}

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override {
        limit_ = std::min(max_bytes, max_frame_bytes_);
    }

private:
    Trim trim_;
    EmptyFrames empty_;
    bool discard_;
    std::size_t limit_;
    std::size_t max_frame_bytes_;
};

class DatagramEncoder final : public Encoder {
public:
    explicit DatagramEncoder(const Framing& framing)
        : trim_(framing.trim), limit_(framing.encode_limit()) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    std::optional<FrameError> fault_of(std::size_t payload_size) const;

    Trim trim_;
    std::size_t limit_;
};

}  // namespace telex::codec
