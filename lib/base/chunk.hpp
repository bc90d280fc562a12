#pragma once
// Reference-counted blocks of bytes: how a payload reaches many subscribers without being copied.
//
// A Chunk is filled by one reactor (what a socket delivered, or what was encoded) and, from the
// moment a second reference exists, only read. A SharedBytes is a view into a chunk together with a
// reference to it. References may be copied and dropped on any thread.
#include "base/bytes.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace telex {

// Below this size bytes are copied, at or above it they are referenced: an iovec entry and two
// atomic operations cost about as much as copying this much.
inline constexpr std::size_t kCopyBelow = 512;

class Chunk {
public:
    // A chunk of `capacity` bytes with one reference, which the caller owns. Throws std::bad_alloc.
    static Chunk* create(std::size_t capacity);

    // The chunk with another capacity and the bytes that fit it, in most cases without copying
    // them. Nobody else may refer to it. Throws std::bad_alloc, and then it is as it was.
    static Chunk* resize(Chunk* chunk, std::size_t capacity);

    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;

    char* data() { return reinterpret_cast<char*>(this + 1); }

    const char* data() const { return reinterpret_cast<const char*>(this + 1); }

    std::size_t capacity() const { return capacity_; }

    // True when the caller's reference is the only one: the bytes may be overwritten.
    bool unique() const { return references_.load(std::memory_order_acquire) == 1; }

    void add_reference() { references_.fetch_add(1, std::memory_order_relaxed); }

    void drop_reference() {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            destroy(this);
        }
    }

private:
    explicit Chunk(std::size_t capacity) : capacity_(capacity) {}

    ~Chunk() = default;
    static void destroy(Chunk* chunk);

    std::size_t capacity_;
    std::atomic<std::uint32_t> references_{1};
};

// Owns one reference to a chunk, or nothing.
class ChunkRef {
public:
    ChunkRef() = default;

    // Takes over the caller's reference.
    static ChunkRef adopt(Chunk* chunk) {
        ChunkRef ref;
        ref.chunk_ = chunk;
        return ref;
    }

    ChunkRef(const ChunkRef& other) : chunk_(other.chunk_) {
        if (chunk_ != nullptr) {
            chunk_->add_reference();
        }
    }

    ChunkRef(ChunkRef&& other) noexcept : chunk_(std::exchange(other.chunk_, nullptr)) {}

    ChunkRef& operator=(ChunkRef other) noexcept {
        std::swap(chunk_, other.chunk_);
        return *this;
    }

    ~ChunkRef() {
        if (chunk_ != nullptr) {
            chunk_->drop_reference();
        }
    }

    // See Chunk::resize.
    void resize(std::size_t capacity) { chunk_ = Chunk::resize(chunk_, capacity); }

    Chunk* get() const { return chunk_; }

    Chunk* operator->() const { return chunk_; }

    explicit operator bool() const { return chunk_ != nullptr; }

private:
    Chunk* chunk_ = nullptr;
};

// Bytes and what keeps them alive.
struct SharedBytes {
    ChunkRef owner;
    ByteView bytes;

    // A copy of `bytes` in a chunk of its own.
    static SharedBytes copy_of(ByteView bytes);
};

}  // namespace telex
