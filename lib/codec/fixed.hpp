#pragma once
// Frames of one fixed size: payloads without any head or delimiter.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"

#include <cstddef>

namespace telex::codec {

class FixedDecoder final : public Decoder {
public:
    explicit FixedDecoder(const Framing& framing)
        : size_(framing.fixed_bytes), limit_(framing.max_frame_bytes) {}

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;

    void limit_payload(std::size_t max_bytes) override { limit_ = max_bytes; }

private:
    std::size_t size_;
    std::size_t limit_;
};

class FixedEncoder final : public Encoder {
public:
    explicit FixedEncoder(const Framing& framing) : size_(framing.fixed_bytes) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    std::size_t size_;
};

}  // namespace telex::codec
