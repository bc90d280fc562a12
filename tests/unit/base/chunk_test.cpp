#include "base/chunk.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace telex {
namespace {

TEST(Chunk, KeepsItsBytesOnResize) {
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(3));
    std::memcpy(chunk->data(), "abc", 3);
    for (const std::size_t capacity : {10UL, 10'000'000UL, 20'000'000UL, 3UL}) {
        chunk.resize(capacity);
        EXPECT_EQ(chunk->capacity(), capacity);
        EXPECT_EQ(ByteView(chunk->data(), 3), "abc");
        chunk->data()[capacity - 1] = 'c';
        EXPECT_TRUE(chunk->unique());
    }
}

TEST(Chunk, CopyOfOwnsItsBytes) {
    std::string source = "hello";
    const SharedBytes copy = SharedBytes::copy_of(source);
    source = "XXXXX";
    EXPECT_EQ(copy.bytes, "hello");
}

TEST(Chunk, IsUniqueUntilASecondReferenceExists) {
    auto first = ChunkRef::adopt(Chunk::create(16));
    EXPECT_TRUE(first->unique());
    {
        const ChunkRef second = first;
        EXPECT_FALSE(first->unique());
    }
    EXPECT_TRUE(first->unique());
}

TEST(Chunk, MovedFromReferenceIsEmpty) {
    auto first = ChunkRef::adopt(Chunk::create(1));
    const ChunkRef second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): the state after a move is the subject
    EXPECT_TRUE(second->unique());
}

TEST(Chunk, EmptyCopyIsValid) {
    const SharedBytes copy = SharedBytes::copy_of({});
    EXPECT_TRUE(copy.bytes.empty());
}

}  // namespace
}  // namespace telex
