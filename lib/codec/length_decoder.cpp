#include "codec/length_decoder.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

// Maximum size of a length field and its terminator.
constexpr std::size_t kMaxFieldBytes = 40;

}  // namespace

template <class HeadReader>
LengthDecoder<HeadReader>::LengthDecoder(const Framing& framing)
    : reader_(framing.length),
      layout_(framing.length),
      literal_(framing.length.head),
      trailer_(framing.length.trailer),
      trim_(framing.trim),
      empty_(framing.empty),
      keep_head_(framing.length.keep_head),
      first_state_(literal_.empty() ? State::head : State::start),
      first_wanted_(literal_.empty() ? reader_.min_size() : 1),
      state_(first_state_),
      wanted_(first_wanted_),
      limit_(framing.max_frame_bytes + trim_.longest()),
      budget_(framing),
      max_frame_bytes_(framing.max_frame_bytes) {}

template <class HeadReader>
void LengthDecoder<HeadReader>::limit_payload(std::size_t max_bytes) {
    limit_ = std::min(max_bytes, max_frame_bytes_) + trim_.longest();
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::wait_for(std::size_t bytes) {
    wanted_ = bytes;
    return DecodeStep::make_need_more(bytes);
}

template <class HeadReader>
void LengthDecoder<HeadReader>::start_frame() {
    state_ = first_state_;
    wanted_ = first_wanted_;
}

template <class HeadReader>
inline DecodeStep LengthDecoder<HeadReader>::deliver(
    ByteView input, std::size_t head, std::size_t body, std::size_t end
) {
    const std::size_t total = end + trailer_.size();
    if (!trailer_.empty()) {
        examined_ += trailer_.size();
        if (ByteView(input.data() + end, trailer_.size()) != trailer_) {
            return DecodeStep::make_error(FrameError::bad_trailer);
        }
    }
    start_frame();
    const std::size_t stripped = keep_head_ ? 0 : head;
    const ByteView payload(input.data() + stripped, head + body - stripped);
    if (!trim_.empty()) [[unlikely]] {
        return deliver_trimmed(payload, total);
    }
    if (payload.empty() && empty_ != EmptyFrames::deliver) [[unlikely]] {
        return ignore_empty(total);
    }
    budget_.refill();
    return DecodeStep::make_frame(total, payload);
}

template <class HeadReader>
inline DecodeStep LengthDecoder<HeadReader>::decode_head(ByteView input) {
    const LengthHead head = reader_.read(input);
    if (head.status != LengthHead::Status::complete) [[unlikely]] {
        return incomplete_head(input, head.status);
    }
    examined_ += head.size;
    const auto body = layout_.body_of(head.field);
    if (!body) [[unlikely]] {
        return DecodeStep::make_error(FrameError::bad_length);
    }
    const std::uint64_t kept = keep_head_ ? head.size : 0;
    if (*body > limit_ || kept > limit_ - *body) [[unlikely]] {
        return give_up(input, head.size, *body);
    }
    // The body is within the limit, and the limit within the ceiling: no sum below can overflow.
    const std::size_t end = head.size + *body + padding_of(input, *body);
    if (input.size() < end + trailer_.size()) [[unlikely]] {
        return wait_for(end + trailer_.size());
    }
    return deliver(input, head.size, *body, end);
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::decode(ByteView input) {
    if (input.size() < wanted_) {
        return DecodeStep::make_need_more(wanted_);
    }
    return state_ == State::head ? decode_head(input) : decode_elsewhere(input);
}

template <class HeadReader>
std::size_t LengthDecoder<HeadReader>::look_ahead(ByteView input, std::span<FrameAhead> frames) {
    if (!is_plain() || state_ != State::head || wanted_ != first_wanted_) {
        return 0;
    }
    const char* const begin = input.data();
    std::size_t count = 0;
    while (count < frames.size()) {
        const LengthHead head = reader_.read(input);
        if (head.status != LengthHead::Status::complete) {
            break;
        }
        const auto body = layout_.body_of(head.field);
        // An empty frame may not count as one.
        if (!body || *body > limit_ || *body == 0 || *body > input.size() - head.size) {
            break;
        }
        examined_ += head.size;
        FrameAhead& frame = frames[count++];
        frame.payload = {input.data() + head.size, *body};
        input.remove_prefix(head.size + *body);
        frame.end = static_cast<std::size_t>(input.data() - begin);
    }
    return count;
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::decode_elsewhere(ByteView input) {
    if (state_ != State::start) {
        return resume(input);
    }
    const auto step = check_start(input);
    return step ? *step : decode_head(input);
}

// Returns the next step, or nullopt if the head can be read. A wrong byte is an error at once: the
// frames of a peer that speaks another protocol may be long.
template <class HeadReader>
std::optional<DecodeStep> LengthDecoder<HeadReader>::check_start(ByteView input) {
    const ByteView present = input.substr(0, literal_.size());
    examined_ += present.size();
    if (!ByteView(literal_).starts_with(present)) {
        return DecodeStep::make_error(FrameError::bad_start);
    }
    if (present.size() < literal_.size()) {
        return wait_for(input.size() + 1);
    }
    state_ = State::head;
    wanted_ = reader_.min_size();
    return input.size() < wanted_ ? std::optional(DecodeStep::make_need_more(wanted_))
                                  : std::nullopt;
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::incomplete_head(ByteView input, LengthHead::Status status) {
    // The bytes before the field and after it are not inspected.
    examined_ += std::min(input.size() + 1 - reader_.min_size(), kMaxFieldBytes);
    if (status == LengthHead::Status::malformed) {
        return DecodeStep::make_error(FrameError::bad_length);
    }
    return wait_for(input.size() + 1);
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::deliver_trimmed(ByteView payload, std::size_t total) {
    const ByteView trimmed = trim_.strip(payload, examined_);
    if (trimmed.size() + trim_.longest() > limit_) {
        return budget_.spend(payload.size()) ? DecodeStep::make_skip(total, true)
                                             : DecodeStep::make_error(FrameError::too_large);
    }
    if (trimmed.empty() && empty_ != EmptyFrames::deliver) {
        return ignore_empty(total);
    }
    budget_.refill();
    return DecodeStep::make_frame(total, trimmed);
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::ignore_empty(std::size_t total) const {
    return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(total, false)
                                         : DecodeStep::make_error(FrameError::empty_frame);
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::give_up(
    ByteView input, std::size_t head, std::uint64_t body
) {
    if (!budget_.spend(body)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    // The budget bounds the body, so the sum cannot overflow.
    const std::uint64_t unwanted = body + padding_of(input, body);
    const auto present = std::min<std::uint64_t>(unwanted, input.size() - head);
    discard_left_ = unwanted - present;
    state_ = discard_left_ > 0 ? State::discard : State::trailer;
    wanted_ = discard_left_ > 0 ? 1 : trailer_.size();
    if (state_ == State::trailer && trailer_.empty()) {
        start_frame();
    }
    return DecodeStep::make_skip(head + present, true);
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::resume(ByteView input) {
    if (state_ == State::discard) {
        const auto present = std::min<std::uint64_t>(discard_left_, input.size());
        discard_left_ -= present;
        if (discard_left_ == 0) {
            state_ = State::trailer;
            wanted_ = trailer_.size();
            if (trailer_.empty()) {
                start_frame();
            }
        }
        return DecodeStep::make_skip(present, false);
    }
    examined_ += trailer_.size();
    if (!input.starts_with(trailer_)) {
        return DecodeStep::make_error(FrameError::bad_trailer);
    }
    start_frame();
    return DecodeStep::make_skip(trailer_.size(), false);
}

template <class HeadReader>
DecodeStep LengthDecoder<HeadReader>::finish(ByteView rest) {
    if (rest.empty() && between_frames()) {
        return DecodeStep::make_need_more(0);
    }
    return DecodeStep::make_error(FrameError::truncated);
}

template class LengthDecoder<BinaryHeadReader>;
template class LengthDecoder<ScaledHeadReader>;
template class LengthDecoder<Leb128HeadReader>;
template class LengthDecoder<DigitsHeadReader>;
template class LengthDecoder<BcdHeadReader>;
template class LengthDecoder<BerHeadReader>;
template class LengthDecoder<KnownHead>;

}  // namespace telex::codec
