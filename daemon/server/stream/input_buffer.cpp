#include "server/stream/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace telex::server {

namespace {

// A larger rest is not copied in front of the next read: the copy would cost more than a chunk for
// the connection.
constexpr std::size_t kSmallRest = ReactorBuffers::kReadChunkBytes / 4;

// The capacity of a string that has not allocated.
std::size_t in_place() {
    return std::string().capacity();
}

}  // namespace

std::span<char> InputBuffer::prepare() {
    if (large_) {
        current_ = &large_;
        const std::size_t used = large_begin_ + kept_;
        return {large_->data() + used, large_->capacity() - used};
    }
    current_ = &buffers_.read_chunk();
    Chunk& chunk = *current_->get();
    if (kept_ > 0) {
        std::memcpy(chunk.data(), small_.data(), kept_);
    }
    return {chunk.data() + kept_, chunk.capacity() - kept_};
}

ByteView InputBuffer::received(std::size_t size) {
    const std::size_t begin = large_ ? large_begin_ : 0;
    return {(*current_)->data() + begin, kept_ + size};
}

ByteView InputBuffer::rest() const {
    if (large_) {
        return {large_->data() + large_begin_, kept_};
    }
    return {small_.data(), kept_};
}

void InputBuffer::keep(ByteView rest, std::size_t need) {
    kept_ = rest.size();
    if (rest.empty()) {
        large_ = {};
        small_.clear();
        return;
    }
    if (std::max(need, rest.size()) <= kSmallRest) {
        small_.assign(rest);
        large_ = {};
        return;
    }
    if (large_) {
        const auto begin = static_cast<std::size_t>(rest.data() - large_->data());
        if (large_->capacity() - begin > rest.size()) {
            large_begin_ = begin;
            return;  // there is room behind it
        }
    }
    const std::size_t grown = std::max(2 * rest.size(), ReactorBuffers::kReadChunkBytes);
    const std::size_t capacity = std::max(std::min(grown, need), rest.size() + 1);
    if (large_ && rest.data() == large_->data() && large_->unique()) {
        large_.resize(capacity);
        return;
    }
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(capacity));
    std::memcpy(chunk->data(), rest.data(), rest.size());
    large_ = std::move(chunk);
    large_begin_ = 0;
    small_.clear();
}

std::size_t InputBuffer::memory() const {
    // Bytes inside the string object cost nothing.
    const std::size_t small = small_.capacity() > in_place() ? small_.capacity() : 0;
    return small + (large_ ? large_->capacity() : 0);
}

void InputBuffer::shrink() {
    if (kept_ == 0 && small_.capacity() > in_place()) {
        std::string().swap(small_);
    }
}

}  // namespace telex::server
