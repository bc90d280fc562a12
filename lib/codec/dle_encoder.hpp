#pragma once
// Writes frames between DLE and a start byte, and DLE and an end byte.
#include "codec/encoder.hpp"

#include <cstddef>
#include <string>

namespace telex::codec {

class DleEncoder final : public Encoder {
public:
    explicit DleEncoder(const Framing& framing);

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override;

    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    std::string head_;
    std::string tail_;
    std::size_t limit_;
    bool refuse_empty_;
    bool payload_starts_;  // no start byte: the first byte of the payload is behind the DLE
};

}  // namespace telex::codec
