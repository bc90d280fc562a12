#include "server/stream/byte_queue.hpp"

#include "base/short_bytes.hpp"

#include <algorithm>

namespace telex::server {

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

void ByteQueue::cut(std::size_t offset, std::size_t size) {
    if (size == 0) {
        return;
    }
    bytes_ -= size;
    open_ = false;
    std::size_t i = 0;
    for (; offset >= segments_[i].size; ++i) {
        offset -= segments_[i].size;
    }
    if (offset > 0) {
        const Segment before{segments_[i].data, offset, segments_[i].owner};
        segments_[i].data += offset;
        segments_[i].size -= offset;
        segments_.insert(i, before);
        ++i;
    }
    while (size > 0) {
        Segment& segment = segments_[i];
        const std::size_t part = std::min(size, segment.size);
        segment.data += part;
        segment.size -= part;
        size -= part;
        if (segment.size == 0) {
            end_segment(segment);
            segments_.erase(i);
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

void ByteQueue::compact() {
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        Segment& segment = segments_[i];
        if (segment.owner.get() != block_.get() && segment.size < segment.owner->capacity() / 4) {
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
