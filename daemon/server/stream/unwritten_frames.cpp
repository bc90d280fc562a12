#include "server/stream/unwritten_frames.hpp"

#include <algorithm>

namespace telex::server {

std::uint64_t UnwrittenFrames::consume(std::size_t bytes) {
    std::uint64_t messages = 0;
    written_ += bytes;
    while (first_ < runs_.size() && written_ >= runs_[first_].size) {
        Run& run = runs_[first_];
        const std::uint64_t frames =
            run.size == 0 ? run.count : std::min<std::uint64_t>(written_ / run.size, run.count);
        messages += is_message(run) ? frames : 0;
        written_ -= frames * run.size;
        run.count -= frames;
        first_ += run.count == 0 ? 1U : 0U;
    }
    // A stream that is always behind never empties the list. Fewer runs are moved than were
    // written since the last time.
    if (first_ > runs_.size() / 2) {
        runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
    return messages;
}

void UnwrittenFrames::shrink() {
    if (runs_.empty()) {
        std::vector<Run>().swap(runs_);
    }
}

}  // namespace telex::server
