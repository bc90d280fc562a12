#pragma once
// The bytes of one connection between the socket and its decoder.
//
// The usual read goes into the reactor's shared chunk and is consumed on the spot. What remains
// (the beginning of a frame) is kept here: a small rest as a copy that the next read is appended
// to, the rest of a large frame in a chunk of its own that grows with the bytes that arrive, never
// with the length that was promised.
#include "base/chunk.hpp"
#include "server/stream/reactor_buffers.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace telex::server {

class InputBuffer {
public:
    explicit InputBuffer(ReactorBuffers& buffers) : buffers_(buffers) {}

    // Where the next read goes. Never empty.
    std::span<char> prepare();
    // `size` bytes were read there: all that is not consumed yet, contiguous.
    ByteView received(std::size_t size);

    // What keeps the bytes of received() alive.
    const ChunkRef& owner() const { return *current_; }

    // Keeps `rest`, the tail of received(). The decoder wants `need` bytes in all.
    void keep(ByteView rest, std::size_t need);

    std::size_t kept() const { return kept_; }

    // The kept bytes, between reads.
    ByteView rest() const;

    // Memory held while nothing is read.
    std::size_t memory() const;

    // Gives back what an empty buffer still holds.
    void shrink();

private:
    ReactorBuffers& buffers_;
    ChunkRef* current_ = nullptr;
    std::string small_;
    ChunkRef large_;
    std::size_t large_begin_ = 0;
    std::size_t kept_ = 0;
};

}  // namespace telex::server
