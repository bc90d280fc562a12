#pragma once
// Writes dot-stuffed texts. Rejects a payload with a CR or LF that is not part of a CR LF: some
// readers take it for the end of a line, and what follows for the end of the text.
#include "codec/encoder.hpp"

#include <cstddef>

namespace telex::codec {

class DotEncoder final : public Encoder {
public:
    explicit DotEncoder(const Framing& framing)
        : limit_(framing.encode_limit()), refuse_empty_(framing.empty != EmptyFrames::deliver) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;

    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    std::size_t limit_;
    bool refuse_empty_;
};

}  // namespace telex::codec
