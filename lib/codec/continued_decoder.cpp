#include "codec/continued_decoder.hpp"

namespace telex::codec {

namespace {

// A larger scratch buffer is freed after its frame: an idle peer must not pin memory.
constexpr std::size_t kKeptJoinedBytes = std::size_t{16} << 10U;

}  // namespace

ContinuedDecoder::ContinuedDecoder(const Framing& framing)
    : reader_(framing.length),
      keep_head_(framing.length.keep_head),
      empty_(framing.empty),
      max_parts_(framing.length.parts),
      limit_(framing.max_frame_bytes),
      max_frame_bytes_(framing.max_frame_bytes),
      budget_(framing),
      wanted_(reader_.head_size()) {}

void ContinuedDecoder::release() {
    if (scratch_.capacity() > kKeptJoinedBytes) {
        std::string().swap(scratch_);  // assignment would keep the capacity
    }
}

void ContinuedDecoder::start_frame() {
    wanted_ = reader_.head_size();
    read_ = 0;
    body_ = 0;
    parts_ = 0;
    discarding_ = false;
}

DecodeStep ContinuedDecoder::wait_for(std::size_t bytes) {
    wanted_ = bytes;
    return DecodeStep::make_need_more(bytes);
}

DecodeStep ContinuedDecoder::decode(ByteView input) {
    if (input.size() < wanted_) {
        return DecodeStep::make_need_more(wanted_);
    }
    return discarding_ ? discard(input) : read_parts(input);
}

// With this part the frame would be over one of its limits.
bool ContinuedDecoder::exceeds(std::uint64_t body) const {
    const std::uint64_t kept = keep_head_ ? read_ + reader_.head_size() : body_;
    return parts_ == max_parts_ || kept > limit_ || body > limit_ - kept;
}

DecodeStep ContinuedDecoder::read_parts(ByteView input) {
    while (true) {
        const std::size_t body = read_ + reader_.head_size();
        if (input.size() < body) {
            return wait_for(body);
        }
        examined_ += reader_.head_size();
        const auto part = reader_.read(input.substr(read_));
        if (!part) {
            return DecodeStep::make_error(FrameError::bad_length);
        }
        if (exceeds(part->body)) {
            return give_up(input, *part);
        }
        // The limits bound the sum.
        if (input.size() < body + part->body) {
            return wait_for(body + part->body);
        }
        read_ = body + part->body;
        body_ += part->body;
        ++parts_;
        if (part->last) {
            return deliver(input);
        }
    }
}

DecodeStep ContinuedDecoder::deliver(ByteView input) {
    const std::size_t size = read_;
    ByteView payload = input.substr(0, size);
    if (!keep_head_) {
        payload = parts_ == 1 ? payload.substr(reader_.head_size()) : join(payload);
    }
    start_frame();
    if (payload.empty() && empty_ != EmptyFrames::deliver) {
        return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(size, false)
                                             : DecodeStep::make_error(FrameError::empty_frame);
    }
    budget_.refill();
    return DecodeStep::make_frame(size, payload);
}

ByteView ContinuedDecoder::join(ByteView parts) {
    examined_ += parts.size();
    scratch_.clear();
    scratch_.reserve(body_);
    while (!parts.empty()) {
        const std::size_t body = reader_.read(parts)->body;
        scratch_.append(parts.substr(reader_.head_size(), body));
        parts.remove_prefix(reader_.head_size() + body);
    }
    return scratch_;
}

DecodeStep ContinuedDecoder::give_up(ByteView input, FramePartReader::Part part) {
    if (!budget_.spend(read_)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    discarding_ = true;
    return skip_part(input, read_, part, true);
}

DecodeStep ContinuedDecoder::skip_part(
    ByteView input, std::size_t before, FramePartReader::Part part, bool lost
) {
    const std::size_t head = reader_.head_size();
    if (!budget_.spend(part.body) || !budget_.spend(head)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    const auto present = std::min<std::uint64_t>(part.body, input.size() - before - head);
    discard_left_ = part.body - present;
    discards_last_ = part.last;
    if (discard_left_ > 0) {
        wanted_ = 1;
    } else if (part.last) {
        start_frame();
    } else {
        wanted_ = head;
    }
    return DecodeStep::make_skip(before + head + present, lost);
}

DecodeStep ContinuedDecoder::discard(ByteView input) {
    if (discard_left_ == 0) {
        examined_ += reader_.head_size();
        const auto part = reader_.read(input);
        return part ? skip_part(input, 0, *part, false)
                    : DecodeStep::make_error(FrameError::bad_length);
    }
    const auto present = std::min<std::uint64_t>(discard_left_, input.size());
    discard_left_ -= present;
    if (discard_left_ == 0) {
        wanted_ = reader_.head_size();
        if (discards_last_) {
            start_frame();
        }
    }
    return DecodeStep::make_skip(present, false);
}

DecodeStep ContinuedDecoder::finish(ByteView rest) {
    return rest.empty() && !discarding_ ? DecodeStep::make_need_more(0)
                                        : DecodeStep::make_error(FrameError::truncated);
}

}  // namespace telex::codec
