#include "server/stream/byte_queue.hpp"

#include "base/short_bytes.hpp"

#include <algorithm>

namespace telex::server {

namespace {

bool keeps_much_more(ByteView bytes, const ChunkRef& owner) {
    return bytes.size() < owner->capacity() / 4;
}

}  // namespace

void ByteQueue::copy_in(ByteView bytes) {
    while (!bytes.empty()) {
        const ByteView piece = bytes.substr(0, kMaxClaim);
        copy_to(claim(piece.size()), piece);
        bytes.remove_prefix(piece.size());
    }
}

void ByteQueue::open_segment(std::size_t size) {
    if (!block_ || ReactorBuffers::kBlockBytes - block_used_ < size) {
        block_ = buffers_.take_block();
        block_used_ = 0;
    }
    segments_.push_back({block_->data() + block_used_, 0, block_});
    open_ = true;
}

void ByteQueue::refer(ByteView bytes, const ChunkRef& owner) {
    if (!bytes.empty()) {
        segments_.push_back({bytes.data(), bytes.size(), owner});
        bytes_ += bytes.size();
        open_ = false;
    }
}

ByteQueue::Gathered ByteQueue::gather(std::span<iovec> vectors, std::size_t limit) const {
    Gathered gathered;
    for (std::size_t i = 0; i < segments_.size() && gathered.vectors < vectors.size(); ++i) {
        const std::size_t size = std::min(segments_[i].size, limit - gathered.bytes);
        if (size == 0) {
            break;
        }
        vectors[gathered.vectors++] = {const_cast<char*>(segments_[i].data), size};
        gathered.bytes += size;
    }
    return gathered;
}

void ByteQueue::consume(std::size_t size) {
    bytes_ -= size;
    while (size > 0) {
        Segment& segment = segments_.front();
        const std::size_t part = std::min(size, segment.size);
        segment.data += part;
        segment.size -= part;
        size -= part;
        if (segment.size == 0) {
            end_segment(segment);
            segments_.pop_front();
        }
    }
    release_when_empty();
}

void ByteQueue::take_front(ByteQueue& other, std::size_t size) {
    other.bytes_ -= size;
    bytes_ += size;
    open_ = false;
    while (size > 0) {
        Segment& segment = other.segments_.front();
        if (segment.size > size) {
            segments_.push_back({segment.data, size, segment.owner});
            segment.data += size;
            segment.size -= size;
            break;
        }
        size -= segment.size;
        segments_.push_back(std::move(segment));
        other.segments_.pop_front();
    }
    other.release_when_empty();
}

void ByteQueue::take_front_compact(ByteQueue& other, std::size_t size) {
    while (size > 0) {
        const Segment& segment = other.segments_.front();
        const ByteView bytes(segment.data, std::min(size, segment.size));
        if (keeps_much_more(bytes, segment.owner)) {
            copy_in(bytes);
        } else {
            refer(bytes, segment.owner);
        }
        other.consume(bytes.size());
        size -= bytes.size();
    }
}

void ByteQueue::compact() {
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        Segment& segment = segments_[i];
        if (segment.owner.get() != block_.get() &&
            keeps_much_more({segment.data, segment.size}, segment.owner)) {
            const SharedBytes copy = SharedBytes::copy_of({segment.data, segment.size});
            segment = {copy.bytes.data(), copy.bytes.size(), copy.owner};
        }
    }
}

// Returns a block without other references to the pool.
void ByteQueue::end_segment(Segment& segment) {
    if (segment.owner.get() != block_.get()) {
        buffers_.give_block(std::move(segment.owner));
    }
    segment.owner = {};
}

void ByteQueue::release_when_empty() {
    if (bytes_ == 0 && block_) {
        open_ = false;
        buffers_.give_block(std::move(block_));
        block_ = {};
        block_used_ = 0;
    }
}

void ByteQueue::clear() {
    segments_.clear();
    bytes_ = 0;
    release_when_empty();
}

}  // namespace telex::server
