#include "codec/stuffed_outcome.hpp"

namespace telex::codec {

namespace {

constexpr std::size_t kKeptScratchBytes = std::size_t{16} << 10U;

}  // namespace

DecodeStep StuffedOutcome::damaged(FrameError error, std::size_t stuffed, std::size_t consumed) {
    return close_when_damaged_ || !budget_.spend(stuffed) ? DecodeStep::make_error(error)
                                                          : DecodeStep::make_skip(consumed, true);
}

DecodeStep StuffedOutcome::give_up(std::size_t spent, std::size_t consumed, bool ended) {
    if (close_when_oversize_ || !budget_.spend(spent)) {
        return DecodeStep::make_error(FrameError::too_large);
    }
    const bool lost = !discarding_;
    discarding_ = !ended;
    return DecodeStep::make_skip(consumed, lost);
}

DecodeStep StuffedOutcome::skip_noise(std::size_t spent, std::size_t consumed, bool lost) {
    discarding_ = false;
    return budget_.spend(spent) ? DecodeStep::make_skip(consumed, lost)
                                : DecodeStep::make_error(FrameError::too_large);
}

void StuffedOutcome::release_scratch() {
    if (scratch_.capacity() > kKeptScratchBytes) {
        std::string().swap(scratch_);  // assignment would keep the capacity
    }
}

}  // namespace telex::codec
