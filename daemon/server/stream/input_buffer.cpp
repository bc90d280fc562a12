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
    if (kept_ && kept_->large) {
        current_ = &kept_->large;
        const std::size_t used = kept_->large_begin + kept_->size;
        return {kept_->large->data() + used, kept_->large->capacity() - used};
    }
    current_ = &buffers_.read_chunk();
    Chunk& chunk = *current_->get();
    const std::size_t size = kept();
    if (size > 0) {
        std::memcpy(chunk.data(), kept_->small.data(), size);
        kept_->copied += size;
    }
    return {chunk.data() + size, chunk.capacity() - size};
}

ByteView InputBuffer::received(std::size_t size) {
    received_ = size;
    const std::size_t begin = kept_ && kept_->large ? kept_->large_begin : 0;
    return {(*current_)->data() + begin, kept() + size};
}

ByteView InputBuffer::rest() const {
    if (!kept_) {
        return {};
    }
    if (kept_->large) {
        return {kept_->large->data() + kept_->large_begin, kept_->size};
    }
    return {kept_->small.data(), kept_->size};
}

void InputBuffer::keep(ByteView rest, std::size_t need) {
    if (rest.empty()) {
        drop();
        return;
    }
    if (!kept_) {
        kept_ = std::make_unique<Kept>();
    }
    kept_->size = rest.size();
    if (is_copied_to_next_read(rest, need)) {
        kept_->small.assign(rest);
        kept_->copied += rest.size();
        kept_->large = {};
    } else {
        keep_large(rest, need);
    }
}

void InputBuffer::drop() {
    if (kept_) {
        kept_->size = 0;
        kept_->large = {};
        kept_->small.clear();
    }
}

void InputBuffer::keep_large(ByteView rest, std::size_t need) {
    ChunkRef& large = kept_->large;
    if (large) {
        const auto begin = static_cast<std::size_t>(rest.data() - large->data());
        if (large->capacity() - begin > rest.size()) {
            kept_->large_begin = begin;
            return;  // there is room behind it
        }
    }
    const std::size_t capacity = grown_capacity(rest.size(), need);
    kept_->copied += rest.size();
    if (large && rest.data() == large->data() && large->unique()) {
        large.resize(capacity);
        return;
    }
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(capacity));
    std::memcpy(chunk->data(), rest.data(), rest.size());
    large = std::move(chunk);
    kept_->large_begin = 0;
    kept_->small.clear();
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
    if (!kept_) {
        return 0;
    }
    // Bytes inside the string object cost nothing.
    const std::size_t small = kept_->small.capacity() > in_place() ? kept_->small.capacity() : 0;
    return small + (kept_->large ? kept_->large->capacity() : 0);
}

void InputBuffer::shrink() {
    if (kept() == 0) {
        kept_.reset();
    }
}

}  // namespace telex::server
