#include "codec/stuffed_decoder.hpp"

#include <algorithm>
#include <cstring>

namespace telex::codec {

namespace {

// A larger scratch buffer is freed after its frame: an idle peer must not pin memory.
constexpr std::size_t kKeptScratchBytes = std::size_t{16} << 10U;

}  // namespace

template <class Scheme>
StuffedDecoder<Scheme>::StuffedDecoder(const Framing& framing)
    : empty_(framing.empty),
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
DecodeStep StuffedDecoder<Scheme>::decode(ByteView input) {
    const void* found = nullptr;
    if (scanned_ < input.size()) {
        found = std::memchr(
            input.data() + scanned_,
            static_cast<unsigned char>(Scheme::kEnd),
            input.size() - scanned_
        );
    }
    if (found == nullptr) {
        examined_ += input.size() - scanned_;
        scanned_ = input.size();
        release_scratch();
        return unterminated(input);
    }
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - input.data());
    examined_ += end + 1 - scanned_;
    scanned_ = 0;
    return terminated(input.substr(0, end));
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::terminated(ByteView stuffed) {
    const std::size_t consumed = stuffed.size() + 1;
    if (discarding_ || stuffed.size() > Scheme::max_stuffed(limit_)) {
        return give_up(stuffed.size(), consumed, true);
    }
    if (stuffed.empty()) {
        return DecodeStep::make_skip(consumed, false);
    }
    examined_ += stuffed.size();
    const auto payload = Scheme::unstuff(stuffed, scratch_);
    if (!payload) {
        return DecodeStep::make_error(FrameError::bad_escape);
    }
    if (payload->size() > limit_) {
        return give_up(stuffed.size(), consumed, true);
    }
    if (payload->empty() && empty_ != EmptyFrames::deliver) {
        return empty_ == EmptyFrames::ignore ? DecodeStep::make_skip(consumed, false)
                                             : DecodeStep::make_error(FrameError::empty_frame);
    }
    budget_.refill();
    return DecodeStep::make_frame(consumed, *payload);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::give_up(std::size_t spent, std::size_t consumed, bool ended) {
    if (!budget_.spend(spent)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    const bool lost = !discarding_;
    discarding_ = !ended;
    return DecodeStep::make_skip(consumed, lost);
}

template <class Scheme>
DecodeStep StuffedDecoder<Scheme>::unterminated(ByteView input) {
    const bool overlong = input.size() > Scheme::max_stuffed(limit_);
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

}  // namespace telex::codec
