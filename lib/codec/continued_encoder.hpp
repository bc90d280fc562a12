#pragma once
// Writes frames of several parts, each with its own length. All parts but the last are as long as
// the field can say.
#include "codec/encoder.hpp"
#include "codec/frame_part_reader.hpp"
#include "codec/length_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::codec {

class ContinuedEncoder final : public Encoder {
public:
    explicit ContinuedEncoder(const Framing& framing);

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t payload_size, Wrapping& wrapping)
        const override;

private:
    [[nodiscard]] Result<void, FrameError> check_size(std::size_t payload_size) const;
    [[nodiscard]] Result<void, FrameError> encode_with_own_heads(ByteView payload, std::string& out)
        const;
    bool needs_another(std::size_t payload_size) const;

    LengthOptions more_;  // of all parts but the last
    LengthOptions last_;
    LengthLayout layout_;
    FramePartReader reader_;
    std::uint64_t max_part_;  // bytes of the largest body
    std::size_t limit_;
    bool refuse_empty_;
    bool head_fits_wrapping_;
};

}  // namespace telex::codec
