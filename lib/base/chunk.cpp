#include "base/chunk.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace telex {

namespace {

// realloc leaves the old block intact when it fails; g++ 12 warns nevertheless.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

// Like operator new: calls the new-handler until memory is available or the handler throws.
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

// A large chunk is a separate mapping: realloc extends it, or moves it by its page table.
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
