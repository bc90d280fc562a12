#include "codec/dle_encoder.hpp"

#include "codec/stuffing.hpp"

namespace telex::codec {

DleEncoder::DleEncoder(const Framing& framing)
    : head_(Dle::kDle + framing.dle.start),
      tail_(Dle::kDle + framing.dle.end),
      limit_(framing.encode_limit()),
      refuse_empty_(framing.empty != EmptyFrames::deliver || framing.dle.start.empty()),
      payload_starts_(framing.dle.start.empty()) {}

Result<void, FrameError> DleEncoder::encode(ByteView payload, std::string& out) const {
    if (payload.size() > limit_) {
        return unexpected(FrameError::too_large);
    }
    if (payload.empty() && refuse_empty_) {
        return unexpected(FrameError::empty_frame);
    }
    if (payload_starts_ && (payload.front() == Dle::kDle || payload.front() == tail_.back())) {
        return unexpected(FrameError::unrepresentable);
    }
    out.append(head_);
    Dle::stuff(payload, out);
    out.append(tail_);
    return {};
}

}  // namespace telex::codec
