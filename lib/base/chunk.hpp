#pragma once
// Reference-counted blocks of bytes: they carry a payload to many subscribers without a copy.
//
// A Chunk is filled by one reactor (received or encoded bytes) and is read-only once a second
// reference exists. A SharedBytes is a view into a chunk plus a reference to it. References may be
// copied and dropped on any thread.
#include "base/bytes.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace telex {

// Shorter runs are copied, longer ones are referenced: an iovec entry and two atomic operations
// cost about as much as copying this many bytes.
inline constexpr std::size_t kCopyBelow = 512;

class Chunk {
public:
    // Returns a chunk of `capacity` bytes with one reference, owned by the caller. Throws
    // std::bad_alloc.
    static Chunk* create(std::size_t capacity);

    // Changes the capacity and keeps the bytes that fit, in most cases without copying them.
    // Requires that the caller holds the only reference. On std::bad_alloc the chunk is unchanged.
    static Chunk* resize(Chunk* chunk, std::size_t capacity);

    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;

    char* data() { return reinterpret_cast<char*>(this + 1); }

    const char* data() const { return reinterpret_cast<const char*>(this + 1); }

    std::size_t capacity() const { return capacity_; }

    // Returns true if the caller holds the only reference: the bytes may then be overwritten.
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

// Owns one reference to a chunk, or is empty.
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

// A view of bytes and a reference that keeps them alive.
struct SharedBytes {
    ChunkRef owner;
    ByteView bytes;

    // Returns a copy of `bytes` in a new chunk.
    static SharedBytes copy_of(ByteView bytes);
};

}  // namespace telex
