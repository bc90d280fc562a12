// The memory of the allocator for a stuffed frame.
#include "codec/decoder.hpp"
#include "codec/stuffing.hpp"
#include "support/allocator_memory.hpp"
#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace telex::codec {
namespace {

// An idle peer must not pin the memory of its last frame.
TEST(Stuffed, KeepsNoMemoryOfALargeFrameOnceItIsReleased) {
    if (!telex::testing::has_own_allocator()) {
        GTEST_SKIP() << "sanitizers replace the allocator; the release tree runs this test";
    }
    std::string input;
    Cobs::stuff(std::string(500'000, '\0'), input);
    input.push_back('\0');
    const auto decoder = make_decoder(test::preset("cobs"));
    const std::size_t before = telex::testing::allocator_memory();
    EXPECT_EQ(decoder->decode(input).payload.size(), 500'000U);
    EXPECT_GE(telex::testing::allocator_memory() - before, 500'000U);
    decoder->release();
    EXPECT_LE(telex::testing::allocator_memory() - before, 20'000U);
}

}  // namespace
}  // namespace telex::codec
