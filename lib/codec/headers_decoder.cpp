#include "codec/headers_decoder.hpp"

#include <algorithm>
#include <utility>

namespace telex::codec {

namespace {

Framing counted_body(Framing framing) {
    framing.length = {};
    framing.length.trailer = framing.headers.trailer;
    framing.length.keep_head = framing.headers.keep_head;
    framing.trim.clear();
    return framing;
}

Framing delimited_body(Framing framing) {
    framing.delimiter = {};
    if (!framing.headers.trailer.empty()) {
        framing.delimiter.ends = {framing.headers.trailer};
    }
    if (framing.headers.keep_head) {
        framing.empty = EmptyFrames::deliver;
    }
    return framing;
}

// Bytes of the line ends at the front.
std::size_t line_ends(ByteView input) {
    std::size_t size = 0;
    while (size < input.size()) {
        if (input[size] == '\n') {
            ++size;
        } else if (input.substr(size).starts_with("\r\n")) {
            size += 2;
        } else {
            break;
        }
    }
    return size;
}

}  // namespace

HeadersDecoder::HeadersDecoder(const Framing& framing, const HeadCheck* check)
    : options_(framing.headers),
      check_(check),
      block_(options_),
      counted_(counted_body(framing)),
      delimited_(delimited_body(framing), DelimiterSearch(delimited_body(framing).delimiter.ends)),
      empty_(framing.empty),
      limit_(framing.max_frame_bytes),
      max_frame_bytes_(framing.max_frame_bytes) {}

void HeadersDecoder::limit_payload(std::size_t max_bytes) {
    limit_ = std::min(max_bytes, max_frame_bytes_);
    counted_.limit_payload(max_bytes);
}

DecodeStep HeadersDecoder::decode(ByteView input) {
    const DecodeStep result = step(input);
    examined_ = examined_here_ + counted_.examined() + delimited_.examined();
    return result;
}

DecodeStep HeadersDecoder::step(ByteView input) {
    switch (state_) {
        case State::between_frames:
            return skip_line_ends(input);
        case State::head:
            return read_head(input);
        case State::counted:
            return read_counted(input);
        case State::delimited:
            return read_delimited(input);
        case State::to_close:
            break;
    }
    return read_to_close(input);
}

DecodeStep HeadersDecoder::skip_line_ends(ByteView input) {
    const std::size_t ends = line_ends(input);
    examined_here_ += ends + 1;
    if (ends > 0) {
        return DecodeStep::make_skip(ends, false);
    }
    if (input.empty() || input == "\r") {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    state_ = State::head;
    return read_head(input);
}

DecodeStep HeadersDecoder::read_head(ByteView input) {
    const auto complete = block_.read(input, examined_here_);
    if (!complete) {
        return DecodeStep::make_error(complete.error());
    }
    return *complete ? check_head(input) : DecodeStep::make_need_more(input.size() + 1);
}

DecodeStep HeadersDecoder::check_head(ByteView input) {
    if (check_ != nullptr) {
        examined_here_ += block_.size();
        if (const auto fault = check_->check(input.substr(0, block_.size()))) {
            return DecodeStep::make_error(*fault);
        }
    }
    return begin_body(input);
}

DecodeStep HeadersDecoder::begin_body(ByteView input) {
    if (block_.body()) {
        return begin_counted(input, *block_.body());
    }
    switch (options_.without) {
        case WithoutLength::error:
            return DecodeStep::make_error(FrameError::bad_length);
        case WithoutLength::trailer:
            return begin_delimited(input);
        case WithoutLength::close:
            state_ = State::to_close;
            head_ = block_.size();
            return read_to_close(input);
        case WithoutLength::empty:
            break;
    }
    return begin_counted(input, 0);
}

DecodeStep HeadersDecoder::begin_counted(ByteView input, std::uint64_t body) {
    state_ = State::counted;
    counted_.reader().assign(block_.size(), body);
    return read_counted(input);
}

DecodeStep HeadersDecoder::read_counted(ByteView input) {
    const DecodeStep result = counted_.decode(input);
    if (result.consumed > 0 && counted_.between_frames()) {
        delimited_.discard_budget() = counted_.discard_budget();
        end_frame();
    }
    return result;
}

DecodeStep HeadersDecoder::begin_delimited(ByteView input) {
    state_ = State::delimited;
    head_ = block_.size();
    const std::size_t kept = options_.keep_head ? head_ : 0;
    if (kept > limit_) {
        return give_up_head();
    }
    delimited_.limit_payload(limit_ - kept);
    return read_delimited(input);
}

// The headers alone are over the limit. The budget counts bodies.
DecodeStep HeadersDecoder::give_up_head() {
    if (!delimited_.discard_budget().spend(0)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    delimited_.discard_next();
    return DecodeStep::make_skip(std::exchange(head_, 0), true);
}

DecodeStep HeadersDecoder::read_delimited(ByteView input) {
    const DecodeStep result = with_head(input, delimited_.decode(input.substr(head_)));
    if (result.consumed > 0) {
        head_ = 0;
        if (delimited_.between_frames()) {
            counted_.discard_budget() = delimited_.discard_budget();
            end_frame();
        }
    }
    return result;
}

// `body` is the step of the bytes behind the headers.
DecodeStep HeadersDecoder::with_head(ByteView input, DecodeStep body) {
    switch (body.kind) {
        case DecodeStep::Kind::error:
            return body;
        case DecodeStep::Kind::need_more:
            body.need += head_;
            return body;
        case DecodeStep::Kind::frame:
            if (options_.keep_head) {
                body.payload = input.substr(0, head_ + body.payload.size());
            }
            break;
        case DecodeStep::Kind::skip:
            break;
    }
    body.consumed += head_;
    return body;
}

// No frame follows, so there is nothing to resume at: a body over the limit is always an error.
DecodeStep HeadersDecoder::read_to_close(ByteView input) const {
    const std::size_t payload = input.size() - (options_.keep_head ? 0 : head_);
    return payload > limit_ ? DecodeStep::make_error(FrameError::too_large)
                            : DecodeStep::make_need_more(input.size() + 1);
}

void HeadersDecoder::end_frame() {
    state_ = State::between_frames;
    block_.restart();
}

DecodeStep HeadersDecoder::finish(ByteView rest) {
    if (state_ == State::to_close) {
        return frame_at_close(rest);
    }
    if (state_ == State::between_frames && rest.empty()) {
        return DecodeStep::make_need_more(0);
    }
    return DecodeStep::make_error(FrameError::truncated);
}

DecodeStep HeadersDecoder::frame_at_close(ByteView rest) const {
    const ByteView payload = options_.keep_head ? rest : rest.substr(head_);
    if (payload.empty() && empty_ != EmptyFrames::deliver) {
        return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(rest.size(), false)
                                             : DecodeStep::make_error(FrameError::empty_frame);
    }
    return DecodeStep::make_frame(rest.size(), payload);
}

}  // namespace telex::codec
