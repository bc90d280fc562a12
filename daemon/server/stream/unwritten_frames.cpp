#include "server/stream/unwritten_frames.hpp"

namespace telex::server {

std::uint64_t UnwrittenFrames::consume(std::size_t bytes) {
    std::uint64_t messages = 0;
    written_ += bytes;
    while (first_ < frames_.size() && written_ >= frames_[first_].size) {
        const Frame& frame = frames_[first_];
        messages += is_message(frame) ? 1U : 0U;
        written_ -= frame.size;
        ++first_;
    }
    // A stream that is always behind never empties the list. Fewer frames are moved than were
    // written since the last time.
    if (first_ > frames_.size() / 2) {
        frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
    return messages;
}

void UnwrittenFrames::shrink() {
    if (frames_.empty()) {
        std::vector<Frame>().swap(frames_);
    }
}

}  // namespace telex::server
