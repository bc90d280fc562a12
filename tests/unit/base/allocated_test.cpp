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
    for (std::size_t bytes = 1; bytes < 70'000; bytes = bytes * 9 / 8 + 1) {
        void* const block = std::malloc(bytes);
        EXPECT_EQ(allocated(bytes), ::malloc_usable_size(block) + kHeader) << bytes;
        std::free(block);
    }
    EXPECT_EQ(allocated(0), 0U);
}

}  // namespace
}  // namespace telex
