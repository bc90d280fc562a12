#include "server/stream/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace telex::server {

namespace {

// A larger rest is not copied in front of the next read: the copy would cost more than a chunk for
// the connection.
constexpr std::size_t kSmallRest = ReactorBuffers::kReadChunkBytes / 4;

// A rest of this size may be copied for every read: that costs less than the read.
constexpr std::size_t kCheapRest = 4U << 10U;
// A larger rest is copied only if the last read brought at least this part of it.
constexpr std::size_t kLeastNewPart = 4;

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
        copied_ += kept_;
    }
    return {chunk.data() + kept_, chunk.capacity() - kept_};
}

ByteView InputBuffer::received(std::size_t size) {
    received_ = size;
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
    if (is_copied_to_next_read(rest, need)) {
        small_.assign(rest);
        copied_ += rest.size();
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
    const std::size_t capacity = grown_capacity(rest.size(), need);
    copied_ += rest.size();
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

// Otherwise a peer that sends a frame byte by byte would have all that came before copied for each
// byte.
bool InputBuffer::is_copied_to_next_read(ByteView rest, std::size_t need) const {
    return std::max(need, rest.size()) <= kSmallRest &&
           (rest.size() <= kCheapRest || received_ >= rest.size() / kLeastNewPart);
}

std::size_t InputBuffer::grown_capacity(std::size_t size, std::size_t need) const {
    const std::size_t grown =
        std::max({2 * size, size + kMinRoom, std::min(received_, ReactorBuffers::kReadChunkBytes)});
    // A decoder that searches for the end of a frame needs only one byte more, each time.
    return need < size + kMinRoom ? grown : std::min(grown, need);
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
