#include "codec/fixed.hpp"

namespace telex::codec {

DecodeStep FixedDecoder::decode(ByteView input) {
    if (size_ > limit_) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    if (input.size() < size_) {
        return DecodeStep::make_need_more(size_);
    }
    return DecodeStep::make_frame(size_, input.substr(0, size_));
}

DecodeStep FixedDecoder::finish(ByteView rest) {
    return rest.empty() ? DecodeStep::make_need_more(0)
                        : DecodeStep::make_error(FrameError::truncated);
}

Result<void, FrameError> FixedEncoder::encode(ByteView payload, std::string& out) const {
    if (payload.size() != size_) {
        return unexpected(FrameError::wrong_size);
    }
    out.append(payload);
    return {};
}

Result<bool, FrameError> FixedEncoder::wrap(std::size_t payload_size, Wrapping& wrapping) const {
    if (payload_size != size_) {
        return unexpected(FrameError::wrong_size);
    }
    wrapping.clear();
    return true;
}

}  // namespace telex::codec
