#pragma once
// The parts of a send queue that is not empty (send_queue.hpp). Lent by the reactor, so that an
// idle connection does without.
//
// Owner: a send queue, or the reactor's buffers.
#include "base/ring.hpp"
#include "base/time.hpp"
#include "server/stream/byte_queue.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "server/stream/unwritten_frames.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::server {

struct QueuedOutput {
    struct Mark {
        std::size_t size = 0;
        std::uint64_t key = 0;
        TimePoint since;
    };

    // Whole frames: their bytes, and a mark for each.
    struct Frames {
        explicit Frames(ReactorBuffers& buffers) : bytes(buffers) {}

        std::size_t memory() const { return bytes.memory() + marks.memory(); }

        ByteQueue bytes;
        Ring<Mark> marks;
    };

    explicit QueuedOutput(ReactorBuffers& buffers)
        : committed(buffers), controls(buffers), backlog(buffers) {}

    // With the notes of its frames, of which small ones take more than their bytes.
    std::size_t memory() const {
        return committed.memory() + unwritten.memory() + controls.memory() + backlog.memory();
    }

    // Whole frames wait behind the committed part.
    bool is_waiting() const { return !controls.marks.empty() || !backlog.marks.empty(); }

    void clear();
    // Releases what it holds while it is empty.
    void shrink();

    std::uint64_t messages = 0;  // that wait
    ByteQueue committed;
    UnwrittenFrames unwritten;  // of the committed part
    Frames controls;
    Frames backlog;  // its first frame is a delivery
    std::size_t control_bytes = 0;
};

}  // namespace telex::server
