#pragma once
// Memory for the bytes of a batch of messages: chunks that are filled one after the other. Each
// message keeps its chunk alive by a reference, so that bytes may outlive the batch.
//
// Owner: a batch. One thread at a time.
#include "base/chunk.hpp"
#include "base/short_bytes.hpp"

#include <algorithm>
#include <cstddef>

namespace telex::exchange {

class MessageArena {
public:
    // Returns room for this number of bytes, in chunk().
    char* room_for(std::size_t size) {
        if (!chunk_ || chunk_->capacity() - used_ < size) {
            chunk_ = ChunkRef::adopt(Chunk::create(std::max(kChunkBytes, size)));
            used_ = 0;
        }
        char* const place = chunk_->data() + used_;
        used_ += size;
        return place;
    }

    // The same; `owner` keeps the bytes alive.
    char* room_for(std::size_t size, ChunkRef& owner) {
        char* const place = room_for(size);
        owner = chunk_;
        return place;
    }

    // Of the last bytes.
    const ChunkRef& chunk() const { return chunk_; }

    // Copies the bytes.
    ByteView keep(ByteView bytes, ChunkRef& owner) {
        char* const place = room_for(bytes.size(), owner);
        copy_to(place, bytes);
        return {place, bytes.size()};
    }

    // Once no message of the batch is left.
    void clear() {
        // Subscribers may still refer to what was delivered from the chunk.
        if (chunk_ && !chunk_->unique()) {
            chunk_ = {};
        }
        used_ = 0;
    }

private:
    static constexpr std::size_t kChunkBytes = 64U << 10U;

    ChunkRef chunk_;
    std::size_t used_ = 0;
};

}  // namespace telex::exchange
