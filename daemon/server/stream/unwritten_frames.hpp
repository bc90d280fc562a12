#pragma once
// The frames whose bytes are committed and not written yet: of a connection that is cut, the
// messages among them are not delivered.
//
// The bytes themselves say nothing about their frames, so each frame leaves its size here: an entry
// for consecutive frames of the same size and kind. On the data path that is a count, or a push
// into an array that is usually emptied by the next write.
//
// Owned by the send queue, on its thread. Does not know the bytes.
#include "server/stream/frame_key.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::server {

class UnwrittenFrames {
public:
    void add(std::size_t size, std::uint64_t key, std::uint64_t count) {
        if (!runs_.empty() && runs_.back().size == size && runs_.back().key == key) {
            runs_.back().count += count;
        } else {
            runs_.push_back({size, key, count});
        }
    }

    // The first `bytes` bytes were written. Returns the number of messages that end in them.
    std::uint64_t consume(std::size_t bytes);

    // All of them were written, or none is going to be.
    void clear() {
        runs_.clear();
        first_ = 0;
        written_ = 0;
    }

    // Calls `visit(key)` for each message that was not written to its last byte.
    template <class Function>
    void for_each_message(Function&& visit) const {
        for (std::size_t i = first_; i < runs_.size(); ++i) {
            for (std::uint64_t frame = 0; is_message(runs_[i]) && frame < runs_[i].count; ++frame) {
                visit(runs_[i].key);
            }
        }
    }

    std::size_t memory() const { return runs_.capacity() * sizeof(Run); }

    // Releases what an empty list still holds.
    void shrink();

private:
    struct Run {
        std::size_t size = 0;  // of each frame
        std::uint64_t key = 0;
        std::uint64_t count = 0;  // not written to their last byte
    };

    // An empty one has no byte that could be missing.
    static bool is_message(const Run& run) { return server::is_message(run.key) && run.size != 0; }

    std::vector<Run> runs_;
    std::size_t first_ = 0;    // the runs before it are written
    std::size_t written_ = 0;  // bytes of that run's first frame
};

}  // namespace telex::server
