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
#include "base/time.hpp"
#include "exchange/queued_count.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/frame_key.hpp"
#include "server/stream/frame_writer.hpp"
#include "server/stream/queued_output.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

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
        : buffers_(buffers), queued_(queued), keeps_packets_(keeps_packets) {}

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

    ReactorBuffers& buffers() const { return buffers_; }

    bool keeps_packets() const { return keeps_packets_; }

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

    std::size_t bytes() const { return bytes_; }

    // With the notes of its frames.
    std::size_t memory() const { return empty() ? 0 : output_->memory(); }

    // Deliveries wait that may be dropped.
    bool has_backlog() const { return output_ && !output_->backlog.marks.empty(); }

    // When the oldest delivery of the backlog was queued. Requires a backlog.
    TimePoint oldest() const { return output_->backlog.marks.front().since; }

    // Of control frames and replies that are not committed.
    std::size_t control_bytes() const { return output_ ? output_->control_bytes : 0; }

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

    // Frames taken from the backlog so far, each time: tests check that the work is linear.
    std::uint64_t moves() const { return moves_; }

private:
    using Mark = QueuedOutput::Mark;
    using Frames = QueuedOutput::Frames;

    // For the next frame.
    QueuedOutput& output() {
        if (!output_) [[unlikely]] {
            output_ = buffers_.take_output();
        }
        return *output_;
    }

    // The next frame is committed at once.
    bool is_flowing(const QueuedOutput& output) const {
        return !keeps_packets_ && !output.is_waiting() && output.committed.bytes() < kCommitWindow;
    }

    // Gives back what an empty queue does not need.
    void release_when_empty() {
        if (output_ && bytes_ == 0 && !output_->is_waiting()) {
            buffers_.give_output(std::move(output_));
        }
    }

    bool refers_to_body(const FramedParts& frame) const;
    void append(ByteQueue& queue, const FramedParts& frame, std::size_t size) const;
    void put_behind(const FramedParts& frame, std::uint64_t key, TimePoint now);
    Mark take_mark(Frames& frames);
    void commit();
    void commit_from(Frames& frames);
    void move_leading_controls();

    // On the data path.
    void count(std::uint64_t messages) {
        output_->messages += messages;
        queued_.add(messages);
    }

    void uncount(std::uint64_t messages) {
        output_->messages -= messages;
        queued_.remove(messages);
    }

    void forget_written(std::size_t bytes);
    IoResult flush_bytes(ByteStream& stream);
    IoResult flush_committed(ByteStream& stream, std::size_t most);
    IoResult flush_packets(ByteStream& stream);
    IoResult flush_packets(ByteStream& stream, Frames& frames);
    void clear();

    ReactorBuffers& buffers_;
    exchange::QueuedCount queued_;
    std::unique_ptr<QueuedOutput> output_;  // null: empty
    std::size_t bytes_ = 0;
    std::uint32_t moves_ = 0;
    const bool keeps_packets_;
    State state_ = State::flowing;
};

template <class Function>
void SendQueue::drop_deliveries(Function&& dropped) {
    while (const auto key = drop_oldest()) {
        dropped(*key);
    }
}

template <class Function>
void SendQueue::abandon(Function&& dropped) {
    if (!output_) {
        return;
    }
    output_->unwritten.for_each_message(dropped);
    drop_deliveries(dropped);
    for (std::size_t i = 0; output_ && i < output_->controls.marks.size(); ++i) {
        const Mark& mark = output_->controls.marks[i];
        if (is_message(mark.key)) {
            dropped(mark.key);
        }
    }
    clear();
}

}  // namespace telex::server
