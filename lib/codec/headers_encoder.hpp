#pragma once
// Writes frames that begin with a block of headers: `write_head`, the length, a blank line, the
// payload, the trailer. Or the payload brings its own headers, which must agree with its body.
#include "codec/encoder.hpp"
#include "codec/header_block.hpp"

#include <string>

namespace telex::codec {

class HeadersEncoder final : public Encoder {
public:
    explicit HeadersEncoder(const Framing& framing);

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;

    // The headers seldom fit a wrapping.
    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    [[nodiscard]] Result<void, FrameError> encode_with_own_head(ByteView payload, std::string& out)
        const;
    [[nodiscard]] Result<void, FrameError> check_body_without_length(ByteView body) const;

    HeaderOptions options_;
    std::string before_length_;
    bool refuse_empty_;
    std::size_t limit_;
};

}  // namespace telex::codec
