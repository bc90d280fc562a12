#pragma once
// What waits to be written to one connection.
//
// Bytes leave in the order in which frames were put. Two parts:
//
//   backlog (whole frames, may still be dropped)  ->  committed (bytes, must be written)  -> stream
//
// While the stream takes what it gets, frames go straight to the committed part, which is nothing
// but bytes. Only when more than kCommitWindow is waiting are frames told apart, in the backlog,
// where a slow-consumer policy may remove them: its bytes lie as those of the committed part do,
// beside a mark for each frame. A stream that keeps packets never commits: each frame is one write.
//
// Owner and thread: the connection's. No limits here: the connection decides what may come in.
#include "base/chunk.hpp"
#include "base/ring.hpp"
#include "server/stream/byte_queue.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "session/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::server {

// A frame with its framing: four runs of bytes in wire order.
struct FramedParts {
    ByteView prefix;
    ByteView head;
    ByteView body;
    ByteView suffix;
    const ChunkRef* body_owner = nullptr;

    std::size_t size() const { return prefix.size() + head.size() + body.size() + suffix.size(); }
};

class Outbox {
public:
    static constexpr std::size_t kCommitWindow = 256U << 10U;
    // What one flush writes at most: a long message is not to keep the others waiting.
    static constexpr std::size_t kFlushBytes = 1U << 20U;

    Outbox(ReactorBuffers& buffers, bool keeps_packets)
        : keeps_packets_(keeps_packets), committed_(buffers), backlog_(buffers) {}

    // `subscription` 0: a control frame, never dropped.
    void put(const FramedParts& frame, std::uint64_t subscription, session::TimePoint now);

    // Writes until all is gone, the stream takes no more (`again`: blocked), or kFlushBytes are
    // written (`done`, and not empty: come back).
    IoResult flush(ByteStream& stream);

    bool empty() const { return bytes() == 0; }

    std::size_t bytes() const { return committed_.bytes() + backlog_.bytes(); }

    bool has_backlog() const { return !marks_.empty(); }

    // When the oldest whole frame came; only with a backlog.
    session::TimePoint oldest() const { return marks_.front().since; }

    std::size_t control_bytes() const { return control_bytes_; }

    // Removes the oldest delivery of the backlog and tells whose it was; nothing when there is
    // none.
    std::optional<std::uint64_t> drop_oldest();
    // Removes all deliveries of the backlog, telling `dropped(subscription)` of each.
    template <class Function>
    void drop_deliveries(Function&& dropped);
    // All there is, whole or not; for a stream that broke. Calls `dropped(subscription)` for each
    // delivery of the backlog.
    template <class Function>
    void abandon(Function&& dropped);
    // Gives back what an empty outbox still holds.
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
    bool blocked_ = false;  // the last flush could not write all
    ByteQueue committed_;
    ByteQueue backlog_;
    Ring<Mark> marks_;  // of the backlog
    std::size_t control_bytes_ = 0;
};

template <class Function>
void Outbox::drop_deliveries(Function&& dropped) {
    while (const auto subscription = drop_oldest()) {
        dropped(*subscription);
    }
}

template <class Function>
void Outbox::abandon(Function&& dropped) {
    drop_deliveries(dropped);
    clear();
}

}  // namespace telex::server
