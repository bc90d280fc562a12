#include "codec/datagram.hpp"

namespace telex::codec {

DecodeStep DatagramDecoder::decode(ByteView input) {
    if (input.empty()) {
        return DecodeStep::make_need_more(1);
    }
    if (input.size() > limit_) {
        // Packets keep their own boundaries: skipping one costs no budget.
        return discard_ ? DecodeStep::make_skip(input.size(), true)
                        : DecodeStep::make_error(FrameError::too_large);
    }
    return DecodeStep::make_frame(input.size(), input);
}

DecodeStep DatagramDecoder::finish(ByteView rest) {
    return rest.empty() ? DecodeStep::make_need_more(0)
                        : DecodeStep::make_error(FrameError::truncated);
}

Result<void, FrameError> DatagramEncoder::encode(ByteView payload, std::string& out) const {
    Wrapping nothing;
    if (const auto wrapped = wrap(payload.size(), nothing); !wrapped) {
        return unexpected(wrapped.error());
    }
    out.append(payload);
    return {};
}

Result<bool, FrameError> DatagramEncoder::wrap(std::size_t payload_size, Wrapping& wrapping) const {
    if (payload_size == 0) {
        return unexpected(FrameError::empty_frame);
    }
    if (payload_size > limit_) {
        return unexpected(FrameError::too_large);
    }
    wrapping.clear();
    return true;
}

}  // namespace telex::codec
