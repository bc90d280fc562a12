#pragma once
// Bytes in the order in which they are written: small runs are copied into shared blocks, large
// ones are referenced. Does not know frames.
//
// Owned by the send queue, on its thread.
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

    // With its block, which other connections cannot use meanwhile.
    std::size_t memory() const {
        return bytes_ + (block_ ? ReactorBuffers::kBlockBytes : 0) + segments_.memory();
    }

    // A run up to this size is never split over two blocks: the wasted space costs less.
    static constexpr std::size_t kMaxClaim = ReactorBuffers::kBlockBytes / 16;

    // Appends `size` bytes, 1 to kMaxClaim, which the caller writes at once. On the data path.
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

    // Fills the vectors with the first bytes, up to `limit`.
    Gathered gather(std::span<iovec> vectors, std::size_t limit) const;
    // Removes the first `size` bytes.
    void consume(std::size_t size);
    // Moves the first `size` bytes of `other` to the end of this, without copying them.
    void take_front(ByteQueue& other, std::size_t size);
    // The same, but copies bytes that keep a much larger chunk alive.
    void take_front_compact(ByteQueue& other, std::size_t size);
    // Copies bytes that keep a much larger chunk alive: they may stay for long.
    void compact();
    void clear();

    // Releases what an empty queue still holds.
    void shrink() { segments_.shrink(); }

private:
    // A run of bytes: part of one of our blocks, or of a chunk owned elsewhere.
    struct Segment {
        const char* data = nullptr;
        std::size_t size = 0;
        ChunkRef owner;
    };

    void open_segment(std::size_t size);
    void end_segment(Segment& segment);
    void release_when_empty();

    ReactorBuffers& buffers_;
    Ring<Segment> segments_;
    ChunkRef block_;  // for copied bytes
    std::size_t block_used_ = 0;
    bool open_ = false;  // the next copied byte continues the last segment
    std::size_t bytes_ = 0;
};

}  // namespace telex::server
