#include "server/stream/reactor_buffers.hpp"

#include "server/stream/queued_output.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace telex::server {
namespace {

TEST(ReactorBuffers, ReuseAnUnreferencedReadChunk) {
    ReactorBuffers buffers;
    const Chunk* chunk = buffers.read_chunk().get();
    EXPECT_EQ(chunk->capacity(), ReactorBuffers::kReadChunkBytes);
    EXPECT_EQ(buffers.read_chunk().get(), chunk);
}

TEST(ReactorBuffers, NeverReuseAReferencedReadChunk) {
    ReactorBuffers buffers;
    std::vector<ChunkRef> readers;
    std::set<const Chunk*> seen;
    for (int i = 0; i < 20; ++i) {
        readers.push_back(buffers.read_chunk());
        EXPECT_TRUE(seen.insert(readers.back().get()).second);
    }
}

TEST(ReactorBuffers, ReuseAReadChunkOnceItIsReleased) {
    ReactorBuffers buffers;
    ChunkRef reader = buffers.read_chunk();
    const Chunk* first = reader.get();
    const Chunk* second = buffers.read_chunk().get();
    EXPECT_NE(first, second);
    reader = {};
    const ChunkRef keeps_second = buffers.read_chunk();
    EXPECT_EQ(buffers.read_chunk().get(), first);
}

TEST(ReactorBuffers, PoolUnreferencedBlocks) {
    ReactorBuffers buffers;
    ChunkRef block = buffers.take_block();
    const Chunk* lent = block.get();
    EXPECT_EQ(block->capacity(), ReactorBuffers::kBlockBytes);
    buffers.give_block(std::move(block));
    ChunkRef again = buffers.take_block();
    EXPECT_EQ(again.get(), lent);
    const ChunkRef reader = again;
    buffers.give_block(std::move(again));
    EXPECT_NE(buffers.take_block().get(), lent);
    buffers.give_block({});
}

TEST(ReactorBuffers, ReleaseUnneededBlocks) {
    ReactorBuffers buffers;
    std::vector<ChunkRef> blocks(8);
    for (ChunkRef& block : blocks) {
        block = buffers.take_block();
    }
    for (ChunkRef& block : blocks) {
        buffers.give_block(std::move(block));
    }
    buffers.shrink();
    EXPECT_EQ(buffers.spare_blocks(), 8U) << "all were in use since the last time";
    for (int i = 0; i < 3; ++i) {
        blocks[static_cast<std::size_t>(i)] = buffers.take_block();
    }
    for (int i = 0; i < 3; ++i) {
        buffers.give_block(std::move(blocks[static_cast<std::size_t>(i)]));
    }
    buffers.shrink();
    EXPECT_EQ(buffers.spare_blocks(), 3U) << "five were not";
    buffers.shrink();
    EXPECT_EQ(buffers.spare_blocks(), 0U);
}

TEST(ReactorBuffers, ReleaseOutputsThatWereNotNeededForASecond) {
    ReactorBuffers buffers;
    auto first = buffers.take_output();
    auto second = buffers.take_output();
    buffers.give_output(std::move(first));
    buffers.give_output(std::move(second));
    buffers.shrink();
    EXPECT_EQ(buffers.spare_outputs(), 2U) << "both were needed";
    buffers.give_output(buffers.take_output());
    buffers.shrink();
    EXPECT_EQ(buffers.spare_outputs(), 1U);
    buffers.shrink();
    EXPECT_EQ(buffers.spare_outputs(), 0U);
}

}  // namespace
}  // namespace telex::server
