#pragma once
// Writes byte-stuffed frames: stuffed content and checksum, and the end byte.
#include "codec/encoder.hpp"
#include "codec/fcs.hpp"
#include "codec/stuffing.hpp"

#include <array>

namespace telex::codec {

// Scheme is one of stuffing.hpp.
template <class Scheme>
class StuffedEncoder final : public Encoder {
public:
    explicit StuffedEncoder(const Framing& framing)
        : limit_(framing.encode_limit()),
          leading_end_(framing.leading_end && Scheme::kTakesLeadingEnd),
          has_fcs_(framing.checksum == Checksum::fcs16),
          refuse_empty_(
              !(Scheme::kCarriesEmpty || has_fcs_) || framing.empty != EmptyFrames::deliver
          ) {}

    [[nodiscard]] Result<void, FrameError> encode(ByteView payload, std::string& out)
        const override {
        if (payload.size() > limit_) {
            return unexpected(FrameError::too_large);
        }
        if (payload.empty() && refuse_empty_) {
            return unexpected(FrameError::empty_frame);
        }
        if (leading_end_) {
            out.push_back(Scheme::kEnd);
        }
        Scheme::stuff(payload, out);
        if (has_fcs_) {
            const unsigned fcs = fcs16(payload);
            const std::array bytes = {static_cast<char>(fcs & 0xFFU), static_cast<char>(fcs >> 8U)};
            Scheme::stuff({bytes.data(), bytes.size()}, out);
        }
        out.push_back(Scheme::kEnd);
        return {};
    }

    [[nodiscard]] Result<bool, FrameError> wrap(std::size_t, Wrapping&) const override {
        return false;
    }

private:
    std::size_t limit_;
    bool leading_end_;
    bool has_fcs_;
    bool refuse_empty_;
};

}  // namespace telex::codec
