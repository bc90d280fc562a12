#pragma once
// Bytes in the order in which they are to be written: small runs copied together into blocks, large
// ones referenced where they are. Knows nothing of frames.
//
// Owner and thread: the connection's outbox.
#include "base/chunk.hpp"
#include "base/ring.hpp"
#include "server/stream/reactor_buffers.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <span>

namespace telex::server {

class ByteQueue {
public:
    explicit ByteQueue(ReactorBuffers& buffers) : buffers_(buffers) {}

    ~ByteQueue() { clear(); }

    ByteQueue(const ByteQueue&) = delete;
    ByteQueue& operator=(const ByteQueue&) = delete;

    bool empty() const { return bytes_ == 0; }

    std::size_t bytes() const { return bytes_; }

    // What is not longer goes into one block: the place that is wasted costs less than a split.
    static constexpr std::size_t kMostAtOnce = ReactorBuffers::kBlockBytes / 16;

    // Appends `size` bytes, 1 to kMostAtOnce, which the caller writes at once. On the data path.
    char* claim(std::size_t size) {
        if (!open_ || ReactorBuffers::kBlockBytes - block_used_ < size) [[unlikely]] {
            open_segment(size);
        }
        char* place = block_->data() + block_used_;
        segments_.back().size += size;
        block_used_ += size;
        bytes_ += size;
        return place;
    }

    // Appends a copy.
    void copy_in(ByteView bytes);
    // Appends bytes that `owner` keeps alive.
    void refer(ByteView bytes, const ChunkRef& owner);

    struct Gathered {
        std::size_t vectors = 0;
        std::size_t bytes = 0;
    };

    // Describes the first bytes, at most `limit`, as far as the vectors reach.
    Gathered gather(std::span<iovec> vectors, std::size_t limit) const;
    // Forgets the first `size` bytes.
    void consume(std::size_t size);
    // Removes `size` bytes that follow the first `offset`.
    void cut(std::size_t offset, std::size_t size);
    // Takes the first `size` bytes of `other` to the end of this, without copying them.
    void take_front(ByteQueue& other, std::size_t size);
    // What stays may stay long: copies what keeps a much larger chunk alive.
    void compact();
    void clear();

    // Gives back what an empty queue still holds.
    void shrink() { segments_.shrink(); }

private:
    // A run of bytes: part of a block of ours, or of somebody's chunk.
    struct Segment {
        const char* data = nullptr;
        std::size_t size = 0;
        ChunkRef owner;
    };

    void open_segment(std::size_t size);
    void end_segment(Segment& segment);
    void rest_when_empty();

    ReactorBuffers& buffers_;
    Ring<Segment> segments_;
    ChunkRef block_;  // where copied bytes go
    std::size_t block_used_ = 0;
    bool open_ = false;  // the last segment ends where the next copied byte goes
    std::size_t bytes_ = 0;
};

}  // namespace telex::server
