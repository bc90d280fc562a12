#include "codec/first_frames.hpp"

#include <algorithm>
#include <utility>

namespace telex::codec {

FirstFramesDecoder::FirstFramesDecoder(
    const FirstFrames& options, std::unique_ptr<Decoder> first, std::unique_ptr<Decoder> others
)
    : begins_(options.begins),
      left_(options.frames),
      first_(std::move(first)),
      others_(std::move(others)) {}

void FirstFramesDecoder::limit_payload(std::size_t max_bytes) {
    first_->limit_payload(max_bytes);
    others_->limit_payload(max_bytes);
}

DecodeStep FirstFramesDecoder::decode(ByteView input) {
    const DecodeStep result = step(input);
    examined_ = examined_here_ + first_->examined() + others_->examined();
    return result;
}

DecodeStep FirstFramesDecoder::step(ByteView input) {
    switch (state_) {
        case State::over:
            return others_->decode(input);
        case State::inside:
            return read_first(input);
        case State::between:
            break;
    }
    return between(input);
}

DecodeStep FirstFramesDecoder::between(ByteView input) {
    const ByteView present = input.substr(0, begins_.size());
    examined_here_ += present.size();
    if (left_ == 0 || !ByteView(begins_).starts_with(present)) {
        state_ = State::over;
        return others_->decode(input);
    }
    if (input.empty() || present.size() < begins_.size()) {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    state_ = State::inside;
    return read_first(input);
}

// The framings that are allowed for first frames never skip bytes (validate()).
DecodeStep FirstFramesDecoder::read_first(ByteView input) {
    const DecodeStep result = first_->decode(input);
    if (result.kind == DecodeStep::Kind::frame) {
        --left_;
        state_ = State::between;
    }
    return result;
}

DecodeStep FirstFramesDecoder::finish(ByteView rest) {
    if (state_ == State::over) {
        return others_->finish(rest);
    }
    return rest.empty() ? DecodeStep::make_need_more(0)
                        : DecodeStep::make_error(FrameError::truncated);
}

Result<void, FrameError> UnframedEncoder::encode(ByteView payload, std::string& out) const {
    if (std::ranges::find(unframed_, payload) != unframed_.end()) {
        out.append(payload);
        return {};
    }
    return others_->encode(payload, out);
}

}  // namespace telex::codec
