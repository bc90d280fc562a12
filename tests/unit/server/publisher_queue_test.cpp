#include "server/connection/publisher_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::server {
namespace {

using Entry = PublisherQueue::Entry;

Entry flush(std::uint64_t id) {
    return {.kind = Entry::Kind::flush, .id = id};
}

Entry publication(std::size_t bytes) {
    Entry entry;
    entry.message.body = SharedBytes::copy_of(std::string(bytes, 'x'));
    return entry;
}

TEST(PublisherQueue, HoldsNothingBackWithoutAPause) {
    PublisherQueue queue;
    EXPECT_FALSE(queue.holds_back());
    EXPECT_FALSE(queue.take());
}

TEST(PublisherQueue, ReturnsEntriesInOrderOnceAllPausesAreOver) {
    PublisherQueue queue;
    queue.pause();
    queue.pause();
    queue.push(flush(1));
    queue.push(flush(2));
    EXPECT_FALSE(queue.take());
    EXPECT_FALSE(queue.resume());
    EXPECT_FALSE(queue.take());
    EXPECT_TRUE(queue.resume());
    EXPECT_EQ(queue.take()->id, 1U);
    // What comes now must not overtake the second.
    EXPECT_TRUE(queue.holds_back());
    EXPECT_EQ(queue.take()->id, 2U);
    EXPECT_FALSE(queue.holds_back());
}

TEST(PublisherQueue, StopsBetweenTwoEntriesWhenItIsPausedAgain) {
    PublisherQueue queue;
    queue.pause();
    queue.push(flush(1));
    queue.push(flush(2));
    (void)queue.resume();
    EXPECT_TRUE(queue.take());
    queue.pause();
    EXPECT_FALSE(queue.take());
}

TEST(PublisherQueue, IsFullAtItsLimitOnlyWhilePaused) {
    PublisherQueue queue;
    queue.pause();
    queue.push(publication(1'000));
    EXPECT_GE(queue.bytes(), 1'000U);
    EXPECT_FALSE(queue.is_full());
    queue.push(publication(PublisherQueue::kMaxBytes));
    EXPECT_TRUE(queue.is_full());
    (void)queue.resume();
    EXPECT_FALSE(queue.is_full());
    while (queue.take()) {
    }
    EXPECT_EQ(queue.bytes(), 0U);
}

// Many flushes have no payload, but are not free.
TEST(PublisherQueue, CountsEntriesWithoutPayload) {
    PublisherQueue queue;
    queue.pause();
    queue.push(flush(1));
    EXPECT_GE(queue.bytes(), sizeof(Entry));
    queue.clear();
    EXPECT_EQ(queue.bytes(), 0U);
}

}  // namespace
}  // namespace telex::server
