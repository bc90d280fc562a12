#include "protocols/raw/reply_queue.hpp"

#include "support/allocator_memory.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace telex::session::raw {
namespace {

TEST(ReplyQueue, GivesRepliesInTheOrderOfTheRequests) {
    ReplyQueue queue;
    const std::uint64_t first = queue.open();
    const std::uint64_t second = queue.open();
    queue.hold(second, "b");
    EXPECT_EQ(queue.held_bytes(), 1U);
    EXPECT_FALSE(queue.pop_ready());
    queue.hold(first, "a");
    EXPECT_EQ(queue.pop_ready()->bytes, "a");
    EXPECT_EQ(queue.pop_ready()->bytes, "b");
    EXPECT_FALSE(queue.pop_ready());
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.held_bytes(), 0U);
}

TEST(ReplyQueue, PassesOverWhatIsFinished) {
    ReplyQueue queue;
    const std::uint64_t first = queue.open();
    const std::uint64_t second = queue.open();
    const std::uint64_t third = queue.open();
    queue.finish(second);
    queue.hold(third, "c");
    EXPECT_FALSE(queue.pop_ready());
    queue.finish(first);
    EXPECT_EQ(queue.pop_ready()->bytes, "c");
    EXPECT_TRUE(queue.empty());
}

TEST(ReplyQueue, WaitsOnlyForOpenRequests) {
    ReplyQueue queue;
    EXPECT_FALSE(queue.waits(0));
    EXPECT_FALSE(queue.waits(1));
    const std::uint64_t id = queue.open();
    EXPECT_TRUE(queue.waits(id));
    EXPECT_FALSE(queue.waits(id + 1));
    queue.hold(id, "");
    EXPECT_FALSE(queue.waits(id));
    EXPECT_EQ(queue.pop_ready()->bytes, "");
    EXPECT_FALSE(queue.waits(id));
}

TEST(ReplyQueue, DropsARequestAndAllYoungerOnes) {
    ReplyQueue queue;
    const std::uint64_t first = queue.open();
    const std::uint64_t second = queue.open();
    const std::uint64_t third = queue.open();
    queue.hold(third, "ccc");
    EXPECT_EQ(queue.held(), 1U);
    const ReplyQueue::Dropped dropped = queue.drop_from(second);
    EXPECT_EQ(dropped.held, 1U);
    EXPECT_EQ(dropped.waiting, 1U);
    EXPECT_EQ(queue.held(), 0U);
    EXPECT_EQ(queue.size(), 1U);
    EXPECT_EQ(queue.held_bytes(), 0U);
    EXPECT_FALSE(queue.waits(second));
    EXPECT_FALSE(queue.waits(third));
    EXPECT_TRUE(queue.is_oldest(first));
    EXPECT_TRUE(queue.waits(first));
}

// Requests that wait are charged by the exchange.
TEST(ReplyQueue, CountsTheMemoryOfWhatWaitsForAnOlderOne) {
    ReplyQueue queue;
    const std::uint64_t first = queue.open();
    for (int i = 0; i < 20'000; ++i) {
        queue.open();
    }
    EXPECT_EQ(queue.memory(), 0U);
    const std::size_t before = telex::testing::allocator_memory();
    for (std::uint64_t id = first + 1; id <= first + 20'000; ++id) {
        queue.hold(id, "reply");
    }
    if (telex::testing::has_own_allocator()) {
        EXPECT_GE(queue.memory(), telex::testing::allocator_memory() - before);
    }
    EXPECT_LE(queue.memory(), 20'000 * (112U + 5U));
    queue.finish(first);
    while (queue.pop_ready()) {
    }
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.memory(), 0U);
}

TEST(ReplyQueue, ForgetsTheMemoryOfWhatIsDropped) {
    ReplyQueue queue;
    const std::uint64_t first = queue.open();
    queue.hold(queue.open(), std::string(1'000, 'x'));
    queue.finish(queue.open());
    EXPECT_GT(queue.memory(), 1'000U);
    EXPECT_EQ(queue.drop_from(first).held, 1U);
    EXPECT_EQ(queue.memory(), 0U);
}

TEST(ReplyQueue, GrowsWhileItsRingIsTurned) {
    ReplyQueue queue;
    std::uint64_t next_reply = 1;
    for (int round = 0; round < 1'000; ++round) {
        queue.open();
        queue.open();
        queue.hold(next_reply, std::to_string(next_reply));
        ASSERT_EQ(queue.pop_ready()->bytes, std::to_string(next_reply));
        ++next_reply;
    }
    EXPECT_EQ(queue.size(), 1'000U);
    for (; !queue.empty(); ++next_reply) {
        queue.hold(next_reply, "x");
        ASSERT_EQ(queue.pop_ready()->bytes, "x");
    }
    EXPECT_EQ(next_reply, 2'001U);
}

}  // namespace
}  // namespace telex::session::raw
