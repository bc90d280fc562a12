#include "server/stream/input_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

namespace telex::server {
namespace {

// Reads as much of `source` as fits and is allowed; returns all unconsumed bytes.
ByteView read_from(InputBuffer& input, std::string_view source, std::size_t& at, std::size_t most) {
    const std::span<char> space = input.prepare();
    const std::size_t size = std::min({space.size(), source.size() - at, most});
    std::memcpy(space.data(), source.data() + at, size);
    at += size;
    return input.received(size);
}

TEST(InputBuffer, HoldsNothingWhileEverythingIsConsumed) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::size_t at = 0;
    EXPECT_EQ(read_from(input, "hello", at, 5), "hello");
    input.keep({}, 0);
    EXPECT_EQ(input.kept(), 0U);
    EXPECT_LT(input.memory(), 64U);
    EXPECT_TRUE(input.rest().empty());
}

TEST(InputBuffer, PrependsASmallRestToTheNextRead) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::size_t at = 0;
    const ByteView bytes = read_from(input, "onetwothree", at, 6);
    input.keep(bytes.substr(3), 8);
    EXPECT_EQ(input.rest(), "two");
    EXPECT_EQ(read_from(input, "onetwothree", at, 100), "twothree");
}

TEST(InputBuffer, ReleasesMemoryWhenItIsEmpty) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::size_t at = 0;
    const std::string source(5'000, 'x');
    input.keep(read_from(input, source, at, 5'000), 6'000);
    EXPECT_GE(input.memory(), 5'000U);
    at = 0;
    (void)read_from(input, source, at, 1);
    input.keep({}, 0);
    input.shrink();
    EXPECT_LT(input.memory(), 64U);
}

TEST(InputBuffer, AllocatesForReceivedNotForAnnouncedBytes) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::size_t at = 0;
    const std::string source(1'000, 'x');
    input.keep(read_from(input, source, at, 1'000), std::size_t{1} << 30U);
    EXPECT_LE(input.memory(), ReactorBuffers::kReadChunkBytes);
}

TEST(InputBuffer, AllocatesLittleForFewBytesOfALongFrame) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::size_t at = 0;
    input.keep(read_from(input, "few", at, 3), std::size_t{1} << 20U);
    EXPECT_LE(input.memory(), 2 * InputBuffer::kMinRoom);
}

// The bytes copied for a frame that arrives byte by byte.
std::uint64_t copied_for(std::size_t size) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    const std::string source(size, 'x');
    for (std::size_t at = 0; at < size;) {
        const ByteView bytes = read_from(input, source, at, 1);
        input.keep(bytes, bytes.size() + 1);
    }
    return input.copied();
}

// A bounded part of the frame is copied for each read; more of it is not.
TEST(InputBuffer, CopiesLittleForAFrameThatArrivesByteByByte) {
    constexpr std::size_t kSize = 30'000;
    const std::uint64_t once = copied_for(kSize);
    EXPECT_LE(copied_for(2 * kSize), once + 4 * kSize);
}

TEST(InputBuffer, GrowsALargeFrameWithinItsNeed) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::string source(3'000'000, '\0');
    std::mt19937 random(1);
    std::generate(source.begin(), source.end(), [&] { return static_cast<char>(random()); });
    std::size_t at = 0;
    ByteView bytes;
    while (at < source.size()) {
        bytes = read_from(input, source, at, source.size());
        ASSERT_EQ(bytes, std::string_view(source).substr(0, at));
        if (at < source.size()) {
            input.keep(bytes, source.size());
        }
    }
    EXPECT_EQ(bytes, source);
    EXPECT_LE(input.memory(), source.size());
}

// A frame that is referenced elsewhere must not change while reading goes on.
TEST(InputBuffer, DoesNotModifyReferencedBytes) {
    ReactorBuffers buffers;
    InputBuffer input(buffers);
    std::size_t at = 0;
    const ByteView first = read_from(input, "first", at, 5);
    const ChunkRef keeper = input.owner();
    input.keep({}, 0);
    at = 0;
    EXPECT_EQ(read_from(input, "other", at, 5), "other");
    EXPECT_EQ(first, "first");
}

// Frames of random sizes, read in random pieces, against the source itself.
TEST(InputBuffer, ReturnsEveryByteOnceInOrderForAnyPieces) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        std::string source(2'000'000, '\0');
        std::generate(source.begin(), source.end(), [&] { return static_cast<char>(random()); });
        ReactorBuffers buffers;
        InputBuffer input(buffers);
        std::size_t at = 0;
        std::size_t consumed = 0;
        std::size_t frame = 1 + random() % 400'000;
        while (at < source.size()) {
            ByteView bytes = read_from(input, source, at, 1 + random() % 300'000);
            ASSERT_EQ(bytes, std::string_view(source).substr(consumed, at - consumed));
            while (bytes.size() >= frame) {
                bytes.remove_prefix(frame);
                consumed += frame;
                frame = 1 + random() % (random() % 4 == 0 ? 400'000 : 2'000);
            }
            input.keep(bytes, bytes.empty() ? 0 : frame);
        }
    }
}

}  // namespace
}  // namespace telex::server
