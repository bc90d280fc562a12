#pragma once
// The memory that the allocator has really given, to be compared with the charges for it.
#include <malloc.h>

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TELEX_OTHER_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define TELEX_OTHER_ALLOCATOR 1
#endif
#endif

namespace telex::testing {

// Sanitizers have other allocators, of which the functions below know nothing.
constexpr bool has_own_allocator() {
#ifdef TELEX_OTHER_ALLOCATOR
    return false;
#else
    return true;
#endif
}

// Bytes in use, over all threads.
inline std::size_t allocator_memory() {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

}  // namespace telex::testing
