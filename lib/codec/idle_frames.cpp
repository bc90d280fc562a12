#include "codec/idle_frames.hpp"

#include <utility>

namespace telex::codec {

DecodeStep IdleDecoder::decode(ByteView input) {
    if (input.empty() || (!discarding_ && input.size() <= limit_)) {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    if (!budget_.spend(input.size())) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    return DecodeStep::make_skip(input.size(), !std::exchange(discarding_, true));
}

DecodeStep IdleDecoder::end_by_pause(ByteView rest) {
    if (discarding_ || rest.empty()) {
        discarding_ = false;
        return DecodeStep::make_need_more(0);
    }
    budget_.refill();
    return DecodeStep::make_frame(rest.size(), rest);
}

DecodeStep IdleDecoder::finish(ByteView rest) {
    return rest.empty() ? DecodeStep::make_need_more(0) : DecodeStep::make_frame(rest.size(), rest);
}

Result<void, FrameError> IdleEncoder::check_size(std::size_t payload_size) const {
    if (payload_size == 0) {
        return unexpected(FrameError::empty_frame);
    }
    return payload_size > limit_ ? unexpected(FrameError::too_large) : Result<void, FrameError>();
}

Result<void, FrameError> IdleEncoder::encode(ByteView payload, std::string& out) const {
    auto checked = check_size(payload.size());
    if (checked) {
        out.append(payload);
    }
    return checked;
}

Result<bool, FrameError> IdleEncoder::wrap(std::size_t payload_size, Wrapping& wrapping) const {
    if (const auto checked = check_size(payload_size); !checked) {
        return unexpected(checked.error());
    }
    wrapping.clear();
    return true;
}

}  // namespace telex::codec
