#pragma once
// What waits to be written to one connection.
//
// Bytes leave in the order in which frames were put. Two parts:
//
//   backlog (whole frames, may still be dropped)  ->  committed (bytes, must be written)  -> stream
//
// While the stream takes what it gets, frames go straight to the committed part, which is nothing
// but bytes: small frames are copied together into blocks, large bodies are referenced and gathered
// by one sendmsg. Only when more than kCommitWindow is waiting do frames stay whole in the backlog,
// where a slow-consumer policy may remove them. A stream that keeps packets never commits: each
// frame is one write.
//
// Owner and thread: the connection's. No limits here: the connection decides what may come in.
#include "base/chunk.hpp"
#include "server/byte_stream.hpp"
#include "server/reactor_buffers.hpp"
#include "session/host.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

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

    Outbox(ReactorBuffers& buffers, bool keeps_packets)
        : buffers_(buffers), keeps_packets_(keeps_packets) {}

    ~Outbox() { clear(); }

    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    // `subscription` 0: a control frame, never dropped.
    void put(const FramedParts& frame, std::uint64_t subscription, session::TimePoint now);

    // Writes until all is gone or the stream takes no more. `again` means blocked.
    IoResult flush(ByteStream& stream);

    bool empty() const { return bytes_ == 0; }

    std::size_t bytes() const { return bytes_; }

    bool has_backlog() const { return !backlog_.empty(); }

    // When the oldest whole frame came; only with a backlog.
    session::TimePoint oldest() const { return backlog_.front().since; }

    std::size_t control_bytes() const { return control_bytes_; }

    // Removes the oldest delivery of the backlog; 0 when there is none, else its bytes. Tells whose
    // it was.
    std::size_t drop_oldest(std::uint64_t& subscription);
    // Removes all deliveries of the backlog, telling `dropped(subscription)` of each.
    template <class Function>
    void drop_deliveries(Function&& dropped);
    // All there is, whole or not; for a stream that broke. Calls `dropped(subscription)` for each
    // delivery of the backlog.
    template <class Function>
    void abandon(Function&& dropped);

private:
    // A run of bytes to write: part of a block of ours, or of somebody's chunk.
    struct Segment {
        const char* data;
        std::size_t size;
        ChunkRef owner;
    };

    struct WholeFrame {
        SharedBytes front;  // prefix + head, and the body where it is small
        SharedBytes body;
        SharedBytes suffix;
        std::uint64_t subscription;
        session::TimePoint since;

        std::size_t size() const {
            return front.bytes.size() + body.bytes.size() + suffix.bytes.size();
        }
    };

    void commit(const FramedParts& frame);
    void copy_in(ByteView bytes);
    void refer(ByteView bytes, const ChunkRef& owner);
    void commit_backlog();
    void forget(const WholeFrame& frame);
    IoResult flush_committed(ByteStream& stream);
    IoResult flush_packets(ByteStream& stream);
    void consume(std::size_t written);
    void compact();
    void clear();

    ReactorBuffers& buffers_;
    bool keeps_packets_;
    std::vector<Segment> segments_;
    std::size_t first_ = 0;  // segments before it are written
    ChunkRef block_;         // where copied bytes go
    std::size_t block_used_ = 0;
    std::size_t committed_ = 0;
    std::deque<WholeFrame> backlog_;
    std::size_t bytes_ = 0;  // committed and backlog
    std::size_t control_bytes_ = 0;
};

template <class Function>
void Outbox::drop_deliveries(Function&& dropped) {
    std::deque<WholeFrame> kept;
    for (auto& frame : backlog_) {
        if (frame.subscription == 0) {
            kept.push_back(std::move(frame));
        } else {
            dropped(frame.subscription);
            forget(frame);
        }
    }
    backlog_ = std::move(kept);
}

template <class Function>
void Outbox::abandon(Function&& dropped) {
    drop_deliveries(dropped);
    clear();
}

}  // namespace telex::server
