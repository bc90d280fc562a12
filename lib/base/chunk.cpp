#include "base/chunk.hpp"

#include <cstring>
#include <new>

namespace telex {

Chunk* Chunk::create(std::size_t capacity) {
    void* memory = ::operator new(sizeof(Chunk) + capacity);
    return new (memory) Chunk(capacity);
}

void Chunk::destroy(Chunk* chunk) {
    chunk->~Chunk();
    ::operator delete(chunk);
}

SharedBytes SharedBytes::copy_of(ByteView bytes) {
    auto owner = ChunkRef::adopt(Chunk::create(bytes.size()));
    if (!bytes.empty()) {
        std::memcpy(owner->data(), bytes.data(), bytes.size());
    }
    const ByteView view(owner->data(), bytes.size());
    return {std::move(owner), view};
}

}  // namespace telex
