#pragma once
// Writes length-prefixed frames. The payload is sent unchanged, so output can be gathered unless
// the payload's end must be inspected (`trim`).
#include "codec/encoder.hpp"
#include "codec/length_layout.hpp"
#include "codec/trim.hpp"

#include <string>

namespace telex::codec {

class LengthEncoder final : public Encoder {
public:
    explicit LengthEncoder(const Framing& framing);

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    // Returns the field value for a body of this size.
    [[nodiscard]] Result<std::uint64_t, FrameError> field_of(std::size_t body) const;
    // Padding and trailer after a body of this size.
    ByteView tail_of(std::size_t body) const;
    bool fill_plain_varint(std::size_t body, Wrapping& wrapping) const;
    [[nodiscard]] Result<void, FrameError> fill(std::size_t body, Wrapping& wrapping) const;
    [[nodiscard]] Result<void, FrameError> encode_with_long_head(ByteView payload, std::string& out)
        const;
    [[nodiscard]] Result<void, FrameError> encode_with_own_head(ByteView payload, std::string& out)
        const;

    LengthOptions options_;
    LengthLayout layout_;
    std::string longest_tail_;
    Trim trim_;
    std::size_t limit_;
    bool refuse_empty_;
    bool head_fits_wrapping_;
    bool is_plain_varint_;  // the native protocol's framing, on the data path
};

}  // namespace telex::codec
