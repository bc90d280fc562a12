#include "codec/value_decoder.hpp"

#include <algorithm>

namespace telex::codec {

template <class Scan>
ValueDecoder<Scan>::ValueDecoder(const Framing& framing, Scan scan)
    : scan_(std::move(scan)),
      limit_(framing.max_frame_bytes),
      max_frame_bytes_(framing.max_frame_bytes),
      discards_(framing.oversize == Oversize::discard),
      budget_(framing.discard_budget),
      budget_left_(framing.discard_budget) {}

template <class Scan>
void ValueDecoder<Scan>::limit_payload(std::size_t max_bytes) {
    limit_ = std::min(max_bytes, max_frame_bytes_);
}

template <class Scan>
void ValueDecoder<Scan>::start_value() {
    scan_.restart();
    between_ = true;
    discarding_ = false;
    wanted_ = 1;
}

template <class Scan>
DecodeStep ValueDecoder<Scan>::decode(ByteView input) {
    if (input.size() < wanted_) {
        return DecodeStep::make_need_more(wanted_);
    }
    if (between_) {
        if (const std::size_t filler = Scan::filler(input); filler > 0) {
            examined_ += filler;
            return DecodeStep::make_skip(filler, false);
        }
        between_ = false;
    }
    return discarding_ ? discard(input) : take(input);
}

template <class Scan>
DecodeStep ValueDecoder<Scan>::take(ByteView input) {
    const ByteView window = input.substr(0, limit_ + 1);
    const auto complete = scan_.scan(window, examined_);
    if (!complete) {
        return DecodeStep::make_error(complete.error());
    }
    const std::size_t size = scan_.position();
    if (*complete && size <= limit_) {
        start_value();
        budget_left_ = budget_;
        return DecodeStep::make_frame(size, input.substr(0, size));
    }
    if (size > limit_ || scan_.announced() > limit_ - size || window.size() > limit_) {
        if (!discards_) {
            return DecodeStep::make_error(FrameError::too_large);
        }
        return *complete ? end_discard() : skip_scanned(input);
    }
    wanted_ = std::max(window.size() + 1, size + static_cast<std::size_t>(scan_.announced()));
    return DecodeStep::make_need_more(wanted_);
}

// The end of a value that is over the limit.
template <class Scan>
DecodeStep ValueDecoder<Scan>::end_discard() {
    const std::size_t size = scan_.position();
    if (size > budget_left_) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    budget_left_ -= size;
    const bool lost = !discarding_;
    start_value();
    return DecodeStep::make_skip(size, lost);
}

template <class Scan>
DecodeStep ValueDecoder<Scan>::discard(ByteView input) {
    const ByteView window = input.substr(0, budget_left_ + 1);
    const auto complete = scan_.scan(window, examined_);
    if (!complete) {
        return DecodeStep::make_error(complete.error());
    }
    if (*complete && scan_.position() == 0) {
        start_value();  // a number, all of which was skipped: the next value shows its end
        return decode(input);
    }
    if (*complete) {
        return end_discard();
    }
    return window.size() > budget_left_ ? DecodeStep::make_error(FrameError::too_large)
                                        : skip_scanned(input);
}

template <class Scan>
DecodeStep ValueDecoder<Scan>::skip_scanned(ByteView input) {
    const std::size_t size = scan_.position();
    if (size > budget_left_ || scan_.announced() > budget_left_ - size) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    wanted_ = 1;
    if (size == 0) {  // the input is the beginning of a head
        wanted_ = input.size() + 1;
        return DecodeStep::make_need_more(wanted_);
    }
    scan_.drop();
    budget_left_ -= size;
    return DecodeStep::make_skip(size, !std::exchange(discarding_, true));
}

template <class Scan>
DecodeStep ValueDecoder<Scan>::finish(ByteView rest) {
    if (scan_.ends_with_stream() && !between_) {
        return discarding_ ? (rest.empty() ? DecodeStep::make_need_more(0)
                                           : DecodeStep::make_skip(rest.size(), false))
                           : DecodeStep::make_frame(rest.size(), rest);
    }
    return between_ && rest.empty() ? DecodeStep::make_need_more(0)
                                    : DecodeStep::make_error(FrameError::truncated);
}

template class ValueDecoder<JsonScan>;
template class ValueDecoder<ValueScan>;

}  // namespace telex::codec
