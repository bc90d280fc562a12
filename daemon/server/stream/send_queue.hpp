#pragma once
// Frames that wait to be written to one stream.
//
// Bytes leave in the order in which frames were put. Three parts:
//
//   backlog (may still be dropped)  ->  controls (whole frames)  ->  committed (bytes)  ->  stream
//
// While the stream keeps up, frames go straight to the committed part, which is only bytes. Beyond
// kCommitWindow they go to the backlog, which has a mark for each frame, so that the slow-consumer
// policy can remove them. The backlog begins with a delivery: control frames that come to stand
// before its first delivery move to the controls. So the oldest delivery is always found and
// removed at the front. A stream that keeps packets never commits: each frame is one write.
//
// Owned by the connection, on its thread. Has no limits: the slow-consumer policy has.
#include "base/chunk.hpp"
#include "base/ring.hpp"
#include "base/time.hpp"
#include "exchange/queued_count.hpp"
#include "server/stream/byte_queue.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/frame_key.hpp"
#include "server/stream/frame_writer.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "server/stream/unwritten_frames.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace telex::server {

class SendQueue {
public:
    static constexpr std::size_t kCommitWindow = 256U << 10U;
    // Maximum of one flush: a long message must not keep other connections waiting.
    static constexpr std::size_t kFlushBytes = 1U << 20U;
    // Shorter frames of a run are copied. That costs less than a vector for each of them in every
    // write; a single frame is referenced from kCopyBelow on.
    static constexpr std::size_t kCopyRunBelow = 4096;
    static_assert(kCopyRunBelow <= ByteQueue::kMaxClaim);

    //   flowing --(short write)--> blocked --(stream is writable)--> writable --> flowing
    //        \-------------------------(write failed)------------------------> broken
    enum class State : std::uint8_t { flowing, blocked, writable, broken };

    // `queued`: counts its messages.
    SendQueue(ReactorBuffers& buffers, bool keeps_packets, exchange::QueuedCount queued)
        : keeps_packets_(keeps_packets),
          queued_(queued),
          committed_(buffers),
          controls_(buffers),
          backlog_(buffers) {}

    // `key`: see frame_key.hpp.
    void put(const FramedParts& frame, std::uint64_t key, TimePoint now);

    // Puts frames that differ in their bodies only, which have the same size, from the first on,
    // until `enough` bytes are queued. Returns how many: at least one. `frame`: any of them.
    std::size_t put_run(
        const FramedParts& frame,
        std::span<const wire::PlainMessage> bodies,
        std::uint64_t key,
        std::size_t enough,
        TimePoint now
    );

    // Writes until the queue is empty, the stream takes no more (`wait_write`), or kFlushBytes are
    // written (`done`, and not empty: call it again).
    IoResult flush(ByteStream& stream);

    State state() const { return state_; }

    bool is_blocked() const { return state_ == State::blocked; }

    bool is_broken() const { return state_ == State::broken; }

    bool may_flush() const { return !is_blocked() && !is_broken(); }

    // The stream may take bytes again.
    void note_writable() {
        if (is_blocked()) {
            state_ = State::writable;
        }
    }

    bool empty() const { return bytes() == 0; }

    std::size_t bytes() const {
        return committed_.bytes() + controls_.bytes.bytes() + backlog_.bytes.bytes();
    }

    // With the notes of its frames, of which small ones take more than their bytes.
    std::size_t memory() const {
        return empty() ? 0
                       : committed_.memory() + unwritten_.memory() + controls_.memory() +
                             backlog_.memory();
    }

    // Deliveries wait that may be dropped.
    bool has_backlog() const { return !backlog_.marks.empty(); }

    // When the oldest delivery of the backlog was queued. Requires a backlog.
    TimePoint oldest() const { return backlog_.marks.front().since; }

    // Of control frames and replies that are not committed.
    std::size_t control_bytes() const { return control_bytes_; }

    // Removes the oldest delivery of the backlog. Returns its key, or nothing if there is
    // none. The time does not depend on the length of the queue.
    std::optional<std::uint64_t> drop_oldest();
    // Removes all deliveries of the backlog; calls `dropped(key)` for each.
    template <class Function>
    void drop_deliveries(Function&& dropped);
    // Removes everything. Calls `dropped(key)` for each message that was not written to its last
    // byte. An empty frame that was committed counts as written.
    template <class Function>
    void abandon(Function&& dropped);
    // Releases what an empty queue still holds.
    void shrink();

    // Frames taken from the backlog so far, each time: tests check that the work is linear.
    std::uint64_t moves() const { return moves_; }

private:
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

    // The next frame is committed at once.
    bool is_flowing() const {
        return !keeps_packets_ && !is_waiting() && committed_.bytes() < kCommitWindow;
    }

    bool is_waiting() const { return !controls_.marks.empty() || !backlog_.marks.empty(); }

    bool refers_to_body(const FramedParts& frame) const;
    void append(ByteQueue& queue, const FramedParts& frame, std::size_t size) const;
    void put_behind(const FramedParts& frame, std::uint64_t key, TimePoint now);
    Mark take_mark(Frames& frames);
    void commit();
    void commit_from(Frames& frames);
    void move_leading_controls();
    void count(std::uint64_t messages);
    void uncount(std::uint64_t messages);
    void forget_written(std::size_t bytes);
    IoResult flush_bytes(ByteStream& stream);
    IoResult flush_committed(ByteStream& stream, std::size_t most);
    IoResult flush_packets(ByteStream& stream, Frames& frames);
    void clear();

    bool keeps_packets_;
    exchange::QueuedCount queued_;
    std::uint64_t messages_ = 0;  // of queued_
    State state_ = State::flowing;
    ByteQueue committed_;
    UnwrittenFrames unwritten_;  // of the committed part
    Frames controls_;
    Frames backlog_;  // its first frame is a delivery
    std::size_t control_bytes_ = 0;
    std::uint64_t moves_ = 0;
};

template <class Function>
void SendQueue::drop_deliveries(Function&& dropped) {
    while (const auto key = drop_oldest()) {
        dropped(*key);
    }
}

template <class Function>
void SendQueue::abandon(Function&& dropped) {
    unwritten_.for_each_message(dropped);
    drop_deliveries(dropped);
    for (std::size_t i = 0; i < controls_.marks.size(); ++i) {
        const Mark& mark = controls_.marks[i];
        if (is_message(mark.key)) {
            dropped(mark.key);
        }
    }
    clear();
}

}  // namespace telex::server
