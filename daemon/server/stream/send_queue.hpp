#pragma once
// Frames that wait to be written to one stream.
//
// Bytes leave in the order in which frames were put. Two parts:
//
//   backlog (whole frames, may still be dropped)  ->  committed (bytes, must be written)  -> stream
//
// While the stream keeps up, frames go straight to the committed part, which is only bytes. Beyond
// kCommitWindow they go to the backlog, which has a mark for each frame, so that the slow-consumer
// policy can remove them. A stream that keeps packets never commits: each frame is one write.
//
// Owned by the connection, on its thread. Has no limits: the slow-consumer policy has.
#include "base/chunk.hpp"
#include "base/ring.hpp"
#include "server/stream/byte_queue.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/frame_writer.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::server {

class SendQueue {
public:
    static constexpr std::size_t kCommitWindow = 256U << 10U;
    // Maximum of one flush: a long message must not keep other connections waiting.
    static constexpr std::size_t kFlushBytes = 1U << 20U;

    //   flowing --(short write)--> blocked --(stream is writable)--> writable --> flowing
    //        \-------------------------(write failed)------------------------> broken
    enum class State : std::uint8_t { flowing, blocked, writable, broken };

    SendQueue(ReactorBuffers& buffers, bool keeps_packets)
        : keeps_packets_(keeps_packets), committed_(buffers), backlog_(buffers) {}

    // `subscription` 0: a control frame, which is never dropped.
    void put(const FramedParts& frame, std::uint64_t subscription, session::TimePoint now);

    // Writes until the queue is empty, the stream takes no more (`again`), or kFlushBytes are
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

    std::size_t bytes() const { return committed_.bytes() + backlog_.bytes(); }

    bool has_backlog() const { return !marks_.empty(); }

    // When the oldest frame of the backlog was queued. Requires a backlog.
    session::TimePoint oldest() const { return marks_.front().since; }

    std::size_t control_bytes() const { return control_bytes_; }

    // Removes the oldest delivery of the backlog. Returns its subscription, or nothing if there is
    // none.
    std::optional<std::uint64_t> drop_oldest();
    // Removes all deliveries of the backlog; calls `dropped(subscription)` for each.
    template <class Function>
    void drop_deliveries(Function&& dropped);
    // Removes everything, also frames that are partly written. Calls `dropped(subscription)` for
    // each delivery of the backlog.
    template <class Function>
    void abandon(Function&& dropped);
    // Releases what an empty queue still holds.
    void shrink();

private:
    // A whole frame of the backlog.
    struct Mark {
        std::size_t size = 0;
        std::uint64_t subscription = 0;
        session::TimePoint since;
    };

    bool refers_to_body(const FramedParts& frame) const;
    void append(ByteQueue& queue, const FramedParts& frame, std::size_t size) const;
    void commit_backlog();
    IoResult flush_committed(ByteStream& stream, std::size_t most);
    IoResult flush_packets(ByteStream& stream);
    void clear();

    bool keeps_packets_;
    State state_ = State::flowing;
    ByteQueue committed_;
    ByteQueue backlog_;
    Ring<Mark> marks_;  // of the backlog
    std::size_t control_bytes_ = 0;
};

template <class Function>
void SendQueue::drop_deliveries(Function&& dropped) {
    while (const auto subscription = drop_oldest()) {
        dropped(*subscription);
    }
}

template <class Function>
void SendQueue::abandon(Function&& dropped) {
    drop_deliveries(dropped);
    clear();
}

}  // namespace telex::server
