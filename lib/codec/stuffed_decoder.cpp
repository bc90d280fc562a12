#include "codec/stuffed_decoder.hpp"

#include "base/byte_scan.hpp"
#include "codec/fcs.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

// A larger scratch buffer is freed after its frame: an idle peer must not pin memory.
constexpr std::size_t kKeptScratchBytes = std::size_t{16} << 10U;

constexpr std::size_t kFcsBytes = 2;

// Returns the content without its frame check sequence, or nullopt if that is wrong.
std::optional<ByteView> without_fcs(ByteView content) {
    if (content.size() < kFcsBytes) {
        return std::nullopt;
    }
    const ByteView payload = content.substr(0, content.size() - kFcsBytes);
    const unsigned low = static_cast<unsigned char>(content[payload.size()]);
    const unsigned high = static_cast<unsigned char>(content[payload.size() + 1]);
    return fcs16(payload) == (low | high << 8U) ? std::optional(payload) : std::nullopt;
}

}  // namespace

template <class Scheme>
StuffedDecoder<Scheme>::StuffedDecoder(const Framing& framing)
    : empty_(framing.empty),
      close_when_oversize_(framing.oversize == Oversize::close),
      close_when_damaged_(framing.damaged == Damaged::close),
      checksum_bytes_(framing.checksum == Checksum::fcs16 ? kFcsBytes : 0),
      limit_(framing.max_frame_bytes),
      max_frame_bytes_(framing.max_frame_bytes),
      budget_(framing) {}

template <class Scheme>
void StuffedDecoder<Scheme>::limit_payload(std::size_t max_bytes) {
    limit_ = std::min(max_bytes, max_frame_bytes_);
}

template <class Scheme>
void StuffedDecoder<Scheme>::release_scratch() {
    if (scratch_.capacity() > kKeptScratchBytes) {
        std::string().swap(scratch_);  // assignment would keep the capacity
    }
}

template <class Scheme>
inline std::size_t StuffedDecoder<Scheme>::max_stuffed() const {
    return Scheme::max_stuffed(limit_ + checksum_bytes_);
}

template <class Scheme>
inline DecodeStep StuffedDecoder<Scheme>::deliver(
    ByteView payload, std::size_t stuffed, std::size_t consumed
) {
    if (payload.size() > limit_) {
        return give_up(stuffed, consumed, true);
    }
    if (payload.empty() && empty_ != EmptyFrames::deliver) {
        return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(consumed, false)
                                             : DecodeStep::make_error(FrameError::empty_frame);
    }
    budget_.refill();
    return DecodeStep::make_frame(consumed, payload);
}

template <class Scheme>
inline DecodeStep StuffedDecoder<Scheme>::terminated(ByteView stuffed, std::size_t consumed) {
    if (discarding_ || stuffed.size() > max_stuffed()) {
        return give_up(stuffed.size(), consumed, true);
    }
    examined_ += stuffed.size();
    const auto content = Scheme::unstuff(stuffed, scratch_);
    if (!content) {
        return damaged(FrameError::bad_escape, stuffed.size(), consumed);
    }
    if (checksum_bytes_ == 0) [[likely]] {
        return deliver(*content, stuffed.size(), consumed);
    }
    examined_ += content->size();
    const auto payload = without_fcs(*content);
    return payload ? deliver(*payload, stuffed.size(), consumed)
                   : damaged(FrameError::bad_checksum, stuffed.size(), consumed);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::decode(ByteView input) {
    const std::size_t fillers = scanned_ == 0 && !discarding_ ? leading_ends(input) : 0;
    const ByteView rest(input.data() + fillers, input.size() - fillers);
    const std::size_t end = find_byte(rest, scanned_, Scheme::kEnd);
    if (end == rest.size()) {
        examined_ += end - scanned_;
        scanned_ = end;
        release_scratch();
        return fillers > 0 ? DecodeStep::make_skip(fillers, false) : unterminated(input);
    }
    examined_ += end + 1 - scanned_;
    scanned_ = 0;
    return terminated(ByteView(rest.data(), end), fillers + end + 1);
}

// Skipped in the step of the frame behind them: many senders begin each frame with one.
template <class Scheme>
std::size_t StuffedDecoder<Scheme>::leading_ends(ByteView input) {
    std::size_t ends = 0;
    while (ends < input.size() && input[ends] == Scheme::kEnd) {
        ++ends;
    }
    examined_ += ends;
    return ends;
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::damaged(
    FrameError error, std::size_t stuffed, std::size_t consumed
) {
    return close_when_damaged_ || !budget_.spend(stuffed) ? DecodeStep::make_error(error)
                                                          : DecodeStep::make_skip(consumed, true);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::give_up(std::size_t spent, std::size_t consumed, bool ended) {
    if (close_when_oversize_ || !budget_.spend(spent)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    const bool lost = !discarding_;
    discarding_ = !ended;
    return DecodeStep::make_skip(consumed, lost);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::unterminated(ByteView input) {
    const bool overlong = input.size() > max_stuffed();
    if (input.empty() || (!discarding_ && !overlong)) {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    scanned_ = 0;
    return give_up(input.size(), input.size(), false);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::finish(ByteView rest) {
    if (rest.empty() && !discarding_) {
        return DecodeStep::make_need_more(0);
    }
    return DecodeStep::make_error(FrameError::truncated);
}

template class StuffedDecoder<Cobs>;
template class StuffedDecoder<Slip>;
template class StuffedDecoder<Hdlc>;

}  // namespace telex::codec
