#include "codec/datagram.hpp"

namespace telex::codec {

std::size_t largest_packet(const Framing& framing) {
    return framing.max_frame_bytes + Trim(framing.trim).longest();
}

DecodeStep DatagramDecoder::decode(ByteView input) {
    if (input.empty()) {
        return DecodeStep::make_need_more(1);
    }
    const ByteView payload = trim_.strip(input, examined_);
    if (payload.size() > limit_) {
        // Each packet has its boundaries: skipping one costs no discard budget.
        return discard_ ? DecodeStep::make_skip(input.size(), true)
                        : DecodeStep::make_error(FrameError::too_large);
    }
    if (payload.empty() && empty_ != EmptyFrames::deliver) {
        return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(input.size(), false)
                                             : DecodeStep::make_error(FrameError::empty_frame);
    }
    return DecodeStep::make_frame(input.size(), payload);
}

DecodeStep DatagramDecoder::finish(ByteView rest) {
    return rest.empty() ? DecodeStep::make_need_more(0)
                        : DecodeStep::make_error(FrameError::truncated);
}

std::optional<FrameError> DatagramEncoder::fault_of(std::size_t payload_size) const {
    if (payload_size == 0) {
        return FrameError::empty_frame;
    }
    return payload_size > limit_ ? std::optional(FrameError::too_large) : std::nullopt;
}

Result<void, FrameError> DatagramEncoder::encode(ByteView payload, std::string& out) const {
    if (const auto fault = fault_of(payload.size())) {
        return unexpected(*fault);
    }
    if (trim_.shortens(payload)) {
        return unexpected(FrameError::delimiter_in_payload);
    }
    out.append(payload);
    return {};
}

Result<bool, FrameError> DatagramEncoder::wrap(std::size_t payload_size, Wrapping& wrapping) const {
    if (!trim_.empty()) {
        return false;
    }
    if (const auto fault = fault_of(payload_size)) {
        return unexpected(*fault);
    }
    wrapping.clear();
    return true;
}

}  // namespace telex::codec
