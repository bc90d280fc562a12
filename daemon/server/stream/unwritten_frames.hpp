#pragma once
// The frames whose bytes are committed and not written yet: of a connection that is cut, the
// messages among them are not delivered.
//
// The bytes themselves say nothing about their frames, so each frame leaves its size here. On the
// data path that is a push into an array that is usually emptied by the next write.
//
// Owned by the send queue, on its thread. Does not know the bytes.
#include "server/stream/frame_key.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::server {

class UnwrittenFrames {
public:
    void add(std::size_t size, std::uint64_t key) { frames_.push_back({size, key}); }

    // The first `bytes` bytes were written. Returns the number of messages that end in them.
    std::uint64_t consume(std::size_t bytes);

    // All of them were written, or none is going to be.
    void clear() {
        frames_.clear();
        first_ = 0;
        written_ = 0;
    }

    // Calls `visit(key)` for each message that was not written to its last byte.
    template <class Function>
    void for_each_message(Function&& visit) const {
        for (std::size_t i = first_; i < frames_.size(); ++i) {
            if (is_message(frames_[i])) {
                visit(frames_[i].key);
            }
        }
    }

    std::size_t memory() const { return frames_.capacity() * sizeof(Frame); }

    // Releases what an empty list still holds.
    void shrink();

private:
    struct Frame {
        std::size_t size = 0;
        std::uint64_t key = 0;
    };

    // An empty one has no byte that could be missing.
    static bool is_message(const Frame& frame) {
        return server::is_message(frame.key) && frame.size != 0;
    }

    std::vector<Frame> frames_;
    std::size_t first_ = 0;    // the frames before it are written
    std::size_t written_ = 0;  // bytes of that frame
};

}  // namespace telex::server
