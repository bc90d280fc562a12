#include "codec/delimiter_decoder.hpp"

#include "codec/skipped_bytes.hpp"

#include <algorithm>
#include <utility>

namespace telex::codec {

template <class Search>
BasicDelimiterDecoder<Search>::BasicDelimiterDecoder(const Framing& framing, Search search)
    : start_(framing.delimiter.start),
      skip_(framing.delimiter.skip),
      search_(std::move(search)),
      optional_cr_(framing.delimiter.optional_cr),
      keep_(framing.delimiter.keep),
      at_eof_(framing.delimiter.at_eof),
      empty_(framing.empty),
      close_when_oversize_(framing.oversize == Oversize::close),
      held_back_(search_.longest() - 1 + (framing.delimiter.optional_cr ? 1 : 0)),
      limit_(framing.max_frame_bytes),
      max_frame_bytes_(framing.max_frame_bytes),
      budget_(framing) {}

template <class Search>
void BasicDelimiterDecoder<Search>::limit_payload(std::size_t max_bytes) {
    limit_ = std::min(max_bytes, max_frame_bytes_);
}

template <class Search>
inline DecodeStep BasicDelimiterDecoder<Search>::terminated(ByteView input, DelimiterMatch match) {
    std::size_t content = match.start;
    if (optional_cr_ && content > 0 && input[content - 1] == '\r') {
        --content;
    }
    const std::size_t size = keep_ ? start_.size() + match.end : content;
    scanned_ = 0;
    if (discarding_ || size > limit_) {
        const bool lost = !discarding_;
        discarding_ = false;
        return budget_.spend(match.start) ? DecodeStep::make_skip(match.end, lost)
                                          : DecodeStep::make_error(FrameError::too_large);
    }
    if (content == 0 && empty_ != EmptyFrames::deliver) {
        return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(match.end, false)
                                             : DecodeStep::make_error(FrameError::empty_frame);
    }
    budget_.refill();
    return DecodeStep::make_frame(match.end, ByteView(input.data(), keep_ ? match.end : content));
}

// The bytes of a frame after its literal.
template <class Search>
inline DecodeStep BasicDelimiterDecoder<Search>::decode_content(ByteView input) {
    if constexpr (Search::kHasContext) {
        return decode_in_context(input);
    }
    if (const DelimiterMatch match = search_.find(input, scanned_, examined_)) {
        return terminated(input, match);
    }
    scanned_ = input.size();
    return unterminated(input);
}

template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::decode(ByteView input) {
    if (start_.empty() || discarding_) [[likely]] {
        return decode_content(input);
    }
    return decode_after_start(input);
}

template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::decode_after_start(ByteView input) {
    if (!started_) {
        if (const std::size_t skipped = leading(input, skip_); skipped > 0) {
            examined_ += skipped;
            return DecodeStep::make_skip(skipped, false);
        }
        const ByteView present = input.substr(0, start_.size());
        examined_ += present.size();
        if (!ByteView(start_).starts_with(present)) {
            return DecodeStep::make_error(FrameError::bad_start);
        }
        if (present.size() < start_.size()) {
            return DecodeStep::make_need_more(input.size() + 1);
        }
        started_ = true;
    }
    return after_start(input, decode_content(input.substr(start_.size())));
}

// `step` is that of the bytes after the literal.
template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::after_start(ByteView input, DecodeStep step) {
    switch (step.kind) {
        case DecodeStep::Kind::need_more:
            step.need += start_.size();
            return step;
        case DecodeStep::Kind::error:
            return step;
        case DecodeStep::Kind::frame:
            if (keep_) {
                step.payload = input.substr(0, start_.size() + step.payload.size());
            }
            break;
        case DecodeStep::Kind::skip:
            break;
    }
    started_ = false;
    step.consumed += start_.size();
    return step;
}

// Sees no byte beyond the limit but those that decide it, so that errors do not depend on how the
// stream was split. While discarding, brackets that are too deep are an error like the budget's
// end.
template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::decode_in_context(ByteView input)
    requires(Search::kHasContext)
{
    const std::size_t limit =
        keep_ ? limit_ - std::min(limit_, start_.size()) : limit_ + held_back_;
    const std::size_t window = std::max(limit, held_back_) + 1;
    const ByteView seen = input.substr(0, discarding_ ? ByteView::npos : window);
    if (const DelimiterMatch match = search_.find(seen, scanned_, examined_)) {
        return terminated(seen, match);
    }
    if (search_.too_deep()) {
        return DecodeStep::make_error(discarding_ ? FrameError::too_large : FrameError::too_deep);
    }
    scanned_ = seen.size();
    return unterminated(seen);
}

template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::unterminated(ByteView input) {
    const bool overlong =
        keep_ ? start_.size() + input.size() > limit_ : input.size() > limit_ + held_back_;
    if (!discarding_ && !overlong) {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    if (input.size() <= held_back_) {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    const std::size_t certain = input.size() - held_back_;
    if (!budget_.spend(certain)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    const bool lost = !discarding_;
    discarding_ = true;
    scanned_ -= certain;
    if constexpr (Search::kHasContext) {
        search_.drop(certain);
    }
    return DecodeStep::make_skip(certain, lost);
}

template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::finish(ByteView rest) {
    if (rest.empty() && !discarding_) {
        return DecodeStep::make_need_more(0);
    }
    if (!started_ && !discarding_) {
        if (const std::size_t skipped = leading(rest, skip_); skipped > 0) {
            return DecodeStep::make_skip(skipped, false);
        }
    }
    const bool inside_start = !start_.empty() && !started_ && !discarding_;
    if (at_eof_ == AtEof::error || inside_start) {
        return DecodeStep::make_error(FrameError::truncated);
    }
    if (!started_) {
        return rest.empty() ? DecodeStep::make_need_more(0) : unterminated_at_eof(rest);
    }
    const ByteView content = rest.substr(start_.size());
    return content.empty() ? DecodeStep::make_skip(rest.size(), false)
                           : after_start(rest, unterminated_at_eof(content));
}

// A CR at the very end is content: no delimiter followed it.
template <class Search>
DecodeStep BasicDelimiterDecoder<Search>::unterminated_at_eof(ByteView rest) {
    if (discarding_ || at_eof_ == AtEof::drop) {
        return DecodeStep::make_skip(rest.size(), !discarding_);
    }
    if constexpr (Search::kHasContext) {
        if (search_.is_inside()) {
            return DecodeStep::make_error(FrameError::truncated);
        }
    }
    if (rest.size() + (keep_ ? start_.size() : 0) > limit_) {
        return close_when_oversize_ ? DecodeStep::make_error(FrameError::too_large)
                                    : DecodeStep::make_skip(rest.size(), true);
    }
    return DecodeStep::make_frame(rest.size(), rest);
}

template class BasicDelimiterDecoder<DelimiterSearch>;
template class BasicDelimiterDecoder<ContextSearch>;

}  // namespace telex::codec
