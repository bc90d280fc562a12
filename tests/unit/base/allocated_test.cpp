#include "base/allocated.hpp"

#include "support/allocator_memory.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstddef>
#include <cstdlib>

namespace telex {
namespace {

// The block's header lies before what malloc_usable_size counts.
TEST(Allocated, IsWhatTheAllocatorTakes) {
    if (!testing::has_own_allocator()) {
        GTEST_SKIP() << "sanitizers replace the allocator; the release tree runs this test";
    }
    constexpr std::size_t kHeader = 8;
    // Of a free block: too small to be split off.
    constexpr std::size_t kMostLeftOver = 16;
    for (std::size_t bytes = 1; bytes < 70'000; bytes = bytes * 9 / 8 + 1) {
        void* const block = std::malloc(bytes);
        const std::size_t taken = ::malloc_usable_size(block) + kHeader;
        EXPECT_LE(allocated(bytes), taken) << bytes;
        EXPECT_GE(allocated(bytes) + kMostLeftOver, taken) << bytes;
        std::free(block);
    }
    EXPECT_EQ(allocated(0), 0U);
}

}  // namespace
}  // namespace telex
