#include "base/chunk.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex {
namespace {

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
