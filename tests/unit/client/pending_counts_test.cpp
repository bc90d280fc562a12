#include "client/pending_counts.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <thread>

namespace telex::client {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

TEST(PendingCounts, LimitsMessages) {
    PendingCounts counts(2, kNoLimit);
    for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(counts.has_room(10));
        counts.queue(10);
        EXPECT_TRUE(counts.has_room(10));
        counts.queue(10);
        EXPECT_FALSE(counts.has_room(0));
        counts.take(10);
        counts.take(10);
    }
    EXPECT_EQ(counts.received(), 6U);
    EXPECT_EQ(counts.taken(), 6U);
    EXPECT_EQ(counts.pending_messages(), 0U);
    EXPECT_EQ(counts.pending_bytes(), 0U);
}

TEST(PendingCounts, LimitsBytesButNotOfOneMessage) {
    PendingCounts counts(kNoLimit, 100);
    EXPECT_TRUE(counts.has_room(1000)) << "a message of any size, alone";
    counts.queue(1000);
    EXPECT_FALSE(counts.has_room(0));
    counts.take(1000);
    counts.queue(60);
    EXPECT_TRUE(counts.has_room(40));
    EXPECT_FALSE(counts.has_room(41));
    EXPECT_EQ(counts.pending_bytes(), 60U);
}

TEST(PendingCounts, ReportsTheFirstDropOfAnEpisode) {
    PendingCounts counts(4, kNoLimit);
    for (int message = 0; message < 4; ++message) {
        counts.queue(1);
    }
    EXPECT_TRUE(counts.drop());
    EXPECT_FALSE(counts.drop());
    counts.take(1);
    counts.queue(1);
    EXPECT_FALSE(counts.drop()) << "more than half was pending all the time";
    counts.take(1);
    counts.take(1);
    EXPECT_TRUE(counts.drop()) << "half was pending";
    EXPECT_EQ(counts.dropped(), 4U);
    EXPECT_EQ(counts.received(), 9U);
}

TEST(PendingCounts, CountTheSameOnTwoThreads) {
    constexpr std::uint64_t kMessages = 20000;
    PendingCounts counts(100, kNoLimit);
    std::thread taker([&] {
        for (std::uint64_t taken = 0; taken < kMessages;) {
            if (counts.pending_messages() != 0) {
                counts.take(3);
                ++taken;
            } else {
                std::this_thread::yield();
            }
        }
    });
    for (std::uint64_t queued = 0; queued < kMessages;) {
        if (counts.has_room(3)) {
            counts.queue(3);
            ++queued;
            EXPECT_LE(counts.pending_messages(), 100U);
        } else {
            std::this_thread::yield();
        }
    }
    taker.join();
    EXPECT_EQ(counts.taken(), kMessages);
    EXPECT_EQ(counts.pending_bytes(), 0U);
}

}  // namespace
}  // namespace telex::client
