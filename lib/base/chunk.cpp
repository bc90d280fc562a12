#include "base/chunk.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace telex {

namespace {

// A realloc that failed has left the old memory as it was; g++ 12 does not know that.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

// As operator new does: while there is no memory, the handler finds some, or throws.
void* reallocate(void* memory, std::size_t bytes) {
    for (;;) {
        if (void* const resized = std::realloc(memory, bytes); resized != nullptr) {
            return resized;
        }
        const std::new_handler find_memory = std::get_new_handler();
        if (find_memory == nullptr) {
            throw std::bad_alloc();
        }
        find_memory();
    }
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace

// A large chunk is a mapping of its own, which realloc extends or moves by its page table.
Chunk* Chunk::resize(Chunk* chunk, std::size_t capacity) {
    return new (reallocate(chunk, sizeof(Chunk) + capacity)) Chunk(capacity);
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
