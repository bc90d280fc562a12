#pragma once
// Loads that overlap. A walk over thousands of objects on the heap waits for each of them in turn;
// one that first asks for the next few dozen waits about once for all.
#include <cstddef>

namespace telex {

// Each asks the processor to load bytes, changes nothing, and ignores null.
// The object.
template <class T>
void prefetch(const T* object) {
    constexpr std::size_t kLine = 64;
    const char* const bytes = reinterpret_cast<const char*>(object);
    for (std::size_t offset = 0; offset < sizeof(T); offset += kLine) {
        __builtin_prefetch(bytes + offset);
    }
}

// The bytes at this address, and some around it.
inline void prefetch_at(const void* address) {
    __builtin_prefetch(address);
}

}  // namespace telex
