#pragma once
// The bytes of one connection between the socket and its decoder.
//
// A read usually goes into the reactor's shared chunk and is consumed at once. A partial frame is
// kept here: a small one as a copy that the next read is appended to, a large one in its own chunk,
// which grows with the bytes that arrive, never with the length that was announced.
//
// However the bytes of a frame arrive, each is copied a bounded number of times, and a chunk has
// room for a read of kMinRoom or for the rest of the frame.
#include "base/chunk.hpp"
#include "server/stream/reactor_buffers.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace telex::server {

class InputBuffer {
public:
    static constexpr std::size_t kMinRoom = 16U << 10U;

    explicit InputBuffer(ReactorBuffers& buffers) : buffers_(buffers) {}

    ReactorBuffers& buffers() const { return buffers_; }

    // Returns the space for the next read. Never empty.
    std::span<char> prepare();
    // After reading `size` bytes there: returns all bytes that are not consumed, contiguous.
    ByteView received(std::size_t size);

    // Keeps the bytes of received() alive.
    const ChunkRef& owner() const { return *current_; }

    // Keeps `rest`, the tail of received(). The decoder needs at least `need` bytes in total.
    void keep(ByteView rest, std::size_t need);

    std::size_t kept() const { return kept_ ? kept_->size : 0; }

    // The kept bytes, between reads.
    ByteView rest() const;

    // shrink() may release something, or bytes are kept.
    bool is_allocated() const { return kept_ != nullptr; }

    // Memory held while nothing is read.
    std::size_t memory() const;

    // Releases what an empty buffer still holds.
    void shrink();

    // Bytes copied so far: tests check that the work is linear.
    std::uint64_t copied() const { return kept_ ? kept_->copied : 0; }

private:
    // Where kept bytes lie: one of the two.
    struct Kept {
        std::string small;
        ChunkRef large;
        std::size_t large_begin = 0;
        std::size_t size = 0;
        std::uint64_t copied = 0;
    };

    bool is_copied_to_next_read(ByteView rest, std::size_t need) const;
    void drop();
    void keep_large(ByteView rest, std::size_t need);
    std::size_t grown_capacity(std::size_t size, std::size_t need) const;

    ReactorBuffers& buffers_;
    ChunkRef* current_ = nullptr;
    std::unique_ptr<Kept> kept_;  // null: nothing was kept
    std::size_t received_ = 0;    // by the last read
};

}  // namespace telex::server
