#include "codec/stuffed_decoder.hpp"

#include "base/byte_scan.hpp"
#include "codec/fcs.hpp"

namespace telex::codec {

namespace {

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
    : checksum_bytes_(framing.checksum == Checksum::fcs16 ? kFcsBytes : 0), outcome_(framing) {}

template <class Scheme>
inline std::size_t StuffedDecoder<Scheme>::max_stuffed() const {
    return Scheme::max_stuffed(outcome_.limit() + checksum_bytes_);
}

template <class Scheme>
inline DecodeStep StuffedDecoder<Scheme>::terminated(ByteView stuffed, std::size_t consumed) {
    if (outcome_.discarding() || stuffed.size() > max_stuffed()) {
        return outcome_.give_up(stuffed.size(), consumed, true);
    }
    examined_ += stuffed.size();
    const auto content = Scheme::unstuff(stuffed, outcome_.scratch());
    if (!content) {
        return outcome_.damaged(FrameError::bad_escape, stuffed.size(), consumed);
    }
    if (checksum_bytes_ == 0) [[likely]] {
        return outcome_.deliver(*content, stuffed.size(), consumed);
    }
    examined_ += content->size();
    const auto payload = without_fcs(*content);
    return payload ? outcome_.deliver(*payload, stuffed.size(), consumed)
                   : outcome_.damaged(FrameError::bad_checksum, stuffed.size(), consumed);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::decode(ByteView input) {
    const std::size_t fillers = scanned_ == 0 && !outcome_.discarding() ? leading_ends(input) : 0;
    const ByteView rest(input.data() + fillers, input.size() - fillers);
    const std::size_t end = find_byte(rest, scanned_, Scheme::kEnd);
    if (end == rest.size()) {
        examined_ += end - scanned_;
        scanned_ = end;
        outcome_.release_scratch();
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
DecodeStep StuffedDecoder<Scheme>::unterminated(ByteView input) {
    const bool overlong = input.size() > max_stuffed();
    if (input.empty() || (!outcome_.discarding() && !overlong)) {
        return DecodeStep::make_need_more(input.size() + 1);
    }
    scanned_ = 0;
    return outcome_.give_up(input.size(), input.size(), false);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::finish(ByteView rest) {
    if (rest.empty() && !outcome_.discarding()) {
        return DecodeStep::make_need_more(0);
    }
    return DecodeStep::make_error(FrameError::truncated);
}

template class StuffedDecoder<Cobs>;
template class StuffedDecoder<Slip>;
template class StuffedDecoder<Hdlc>;

}  // namespace telex::codec
