#include "server/byte_queue.hpp"

#include <algorithm>
#include <cstring>

namespace telex::server {

namespace {

// What is smaller is not split over two blocks: the place that is wasted costs less than the split.
constexpr std::size_t kWhole = ReactorBuffers::kBlockBytes / 16;

}  // namespace

void ByteQueue::copy_in(std::initializer_list<ByteView> parts) {
    std::size_t size = 0;
    for (const ByteView part : parts) {
        size += part.size();
    }
    if (size > kWhole) {
        for (const ByteView part : parts) {
            copy_in_pieces(part);
        }
        return;
    }
    if (size == 0) {
        return;
    }
    if (!block_ || block_->capacity() - block_used_ < size) {
        next_block();
    }
    char* out = next_place();
    for (const ByteView part : parts) {
        if (!part.empty()) {
            std::memcpy(out, part.data(), part.size());
            out += part.size();
        }
    }
    append_to_block(size);
}

void ByteQueue::copy_in_pieces(ByteView bytes) {
    while (!bytes.empty()) {
        if (!block_ || block_used_ == block_->capacity()) {
            next_block();
        }
        const std::size_t part = std::min(bytes.size(), block_->capacity() - block_used_);
        std::memcpy(next_place(), bytes.data(), part);
        append_to_block(part);
        bytes.remove_prefix(part);
    }
}

char* ByteQueue::next_place() {
    return block_->data() + block_used_;
}

// The next `size` bytes of the block are written: they belong to the last segment if it ends there.
void ByteQueue::append_to_block(std::size_t size) {
    const char* place = next_place();
    if (!segments_.empty() && segments_.back().data + segments_.back().size == place) {
        segments_.back().size += size;
    } else {
        segments_.push_back({place, size, block_});
    }
    block_used_ += size;
    bytes_ += size;
}

void ByteQueue::next_block() {
    block_ = buffers_.take_block();
    block_used_ = 0;
}

void ByteQueue::refer(ByteView bytes, const ChunkRef& owner) {
    if (!bytes.empty()) {
        segments_.push_back({bytes.data(), bytes.size(), owner});
        bytes_ += bytes.size();
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
    rest_when_empty();
}

void ByteQueue::cut(std::size_t offset, std::size_t size) {
    if (size == 0) {
        return;
    }
    bytes_ -= size;
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
    rest_when_empty();
}

void ByteQueue::take_front(ByteQueue& other, std::size_t size) {
    other.bytes_ -= size;
    bytes_ += size;
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
    other.rest_when_empty();
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

// A block that nobody else needs is used again.
void ByteQueue::end_segment(Segment& segment) {
    if (segment.owner.get() != block_.get()) {
        buffers_.give_block(std::move(segment.owner));
    }
    segment.owner = {};
}

void ByteQueue::rest_when_empty() {
    if (bytes_ == 0 && block_) {
        buffers_.give_block(std::move(block_));
        block_ = {};
        block_used_ = 0;
    }
}

void ByteQueue::clear() {
    segments_.clear();
    bytes_ = 0;
    rest_when_empty();
}

}  // namespace telex::server
