#include "base/chunk.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace telex {

// A large chunk is a mapping of its own, which realloc extends or moves by its page table.
Chunk* Chunk::resize(Chunk* chunk, std::size_t capacity) {
    void* memory = std::realloc(chunk, sizeof(Chunk) + capacity);
    while (memory == nullptr) {
        // As operator new does: the handler finds some memory, or throws.
        const std::new_handler find_memory = std::get_new_handler();
        if (find_memory == nullptr) {
            throw std::bad_alloc();
        }
        find_memory();
        memory = std::realloc(chunk, sizeof(Chunk) + capacity);
    }
    return new (memory) Chunk(capacity);
}

Chunk* Chunk::create(std::size_t capacity) {
    return resize(nullptr, capacity);
}

void Chunk::destroy(Chunk* chunk) {
    chunk->~Chunk();
    std::free(chunk);
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
