#pragma once
// Writes byte-stuffed frames: stuffed content and one end byte.
#include "codec/encoder.hpp"
#include "codec/stuffing.hpp"

namespace telex::codec {

// Scheme is Cobs or Slip.
template <class Scheme>
class StuffedEncoder final : public Encoder {
public:
    explicit StuffedEncoder(const Framing& framing)
        : limit_(framing.encode_limit()),
          refuse_empty_(!Scheme::kCarriesEmpty || framing.empty != EmptyFrames::deliver) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override {
        if (payload.size() > limit_) {
            return unexpected(FrameError::too_large);
        }
        if (payload.empty() && refuse_empty_) {
            return unexpected(FrameError::empty_frame);
        }
        Scheme::stuff(payload, out);
        out.push_back(Scheme::kEnd);
        return {};
    }

    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    std::size_t limit_;
    bool refuse_empty_;
};

}  // namespace telex::codec
