#pragma once
// The outcome of a byte-stuffed frame: its payload, or the handling of one that is too large or
// damaged. Owned by the frame's decoder; the same thread.
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace telex::codec {

class StuffedOutcome {
public:
    explicit StuffedOutcome(const Framing& framing)
        : empty_(framing.empty),
          close_when_oversize_(framing.oversize == Oversize::close),
          close_when_damaged_(framing.damaged == Damaged::close),
          limit_(framing.max_frame_bytes),
          max_frame_bytes_(framing.max_frame_bytes),
          budget_(framing) {}

    void limit_payload(std::size_t max_bytes) { limit_ = std::min(max_bytes, max_frame_bytes_); }

    std::size_t limit() const { return limit_; }

    // A frame over the limit is skipped up to its end.
    bool discarding() const { return discarding_; }

    bool closes_when_damaged() const { return close_when_damaged_; }

    // The step of a frame whose content is `payload`: `stuffed` bytes of `consumed`.
    [[gnu::always_inline]] DecodeStep deliver(
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

    // The step of a frame with a wrong escape or checksum.
    DecodeStep damaged(FrameError error, std::size_t stuffed, std::size_t consumed);

    // The step of a part of a frame over the limit; its end, or more of it follows.
    DecodeStep give_up(std::size_t spent, std::size_t consumed, bool ended);

    // The step of bytes that belong to no frame. `lost`: they are the first of them.
    DecodeStep skip_noise(std::size_t spent, std::size_t consumed, bool lost);

    // A frame over the limit ended without its end.
    void abandon() { discarding_ = false; }

    // For content that is not a part of the input.
    std::string& scratch() { return scratch_; }

    // Frees a large scratch: an idle peer must not pin memory.
    void release_scratch();

private:
    EmptyFrames empty_;
    bool close_when_oversize_;
    bool close_when_damaged_;
    bool discarding_ = false;
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;
    std::string scratch_;
};

}  // namespace telex::codec
