// Groups: one commit for all that arrived during the one before, and the order of answers.
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace telex::storage {
namespace {

using store::Durability;
using test::message;
using test::RunningEngine;
using test::stream_config;

constexpr auto kOk = v1::ERROR_CODE_UNSPECIFIED;

std::vector<std::size_t> record_counts(const RunningEngine& running) {
    std::vector<std::size_t> counts;
    for (const auto& [records, durability] : running.gate->commits()) {
        if (records > 0) {
            counts.push_back(records);
        }
    }
    return counts;
}

TEST(Commit, HasAllThatArrivedDuringTheOneBefore) {
    RunningEngine running(std::make_shared<store::MemoryStore>(), 2);
    const auto stream = running.create(stream_config("s", {"a"}));
    running.gate->close();
    running.shard(0).offer(running.engine(), stream, {message("a")});
    running.gate->await_commit();
    for (int i = 0; i < 10; ++i) {
        running.shard(0).offer(running.engine(), stream, {message("a"), message("a")});
        running.shard(1).offer(running.engine(), stream, {message("a")});
    }
    // Decisions do not wait for the disk.
    EXPECT_EQ(running.shard(0).decisions(11).size(), 2U);
    EXPECT_EQ(running.shard(1).decisions(10).size(), 1U);
    EXPECT_TRUE(running.shard(0).commits().empty());
    running.gate->open();
    EXPECT_EQ(running.shard(0).committed(11), kOk);
    EXPECT_EQ(running.shard(1).committed(10), kOk);
    EXPECT_EQ(record_counts(running), (std::vector<std::size_t>{1, 30}));
    using Commits = std::vector<std::pair<std::uint64_t, v1::ErrorCode>>;
    EXPECT_EQ(running.shard(0).commits(), (Commits{{1, kOk}, {11, kOk}}));
    EXPECT_EQ(running.shard(1).commits(), (Commits{{10, kOk}}));
}

TEST(Commit, OfADuplicateIsThatOfTheFirstOne) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.gate->close();
    running.shard().offer(running.engine(), stream, {message("a", "1", "id")});
    running.gate->await_commit();
    const auto again = running.shard().offer(running.engine(), stream, {message("a", "2", "id")});
    EXPECT_TRUE(running.shard().decisions(again).front().duplicate);
    EXPECT_TRUE(running.shard().commits().empty());
    running.gate->open();
    EXPECT_EQ(running.shard().committed(again), kOk);
    EXPECT_EQ(record_counts(running), (std::vector<std::size_t>{1}));
}

TEST(Commit, OfRefusedMessagesNeedsNoDisk) {
    RunningEngine running;
    running.create(stream_config("s", {"a"}));
    const std::size_t before = running.gate->commits().size();
    EXPECT_EQ(running.shard().publish(running.engine(), 99, message("a")).code, v1::NO_STREAM);
    EXPECT_EQ(running.gate->commits().size(), before);
}

TEST(Commit, OfAllStreamsIsOne) {
    RunningEngine running;
    const auto first = running.create(stream_config("first", {"a"}));
    const auto second = running.create(stream_config("second", {"b"}));
    running.gate->close();
    running.shard().offer(running.engine(), first, {message("a")});
    running.gate->await_commit();
    running.shard().offer(running.engine(), first, {message("a")});
    running.shard().offer(running.engine(), second, {message("b")});
    running.shard().decisions(3);
    running.gate->open();
    running.shard().committed(3);
    EXPECT_EQ(record_counts(running), (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(running.info("second").last_sequence(), 1U);
}

TEST(Commit, IsSyncedByDefault) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.shard().publish(running.engine(), stream, message("a"));
    EXPECT_EQ(running.gate->commits().back(), (std::pair{std::size_t{1}, Durability::synced}));
}

TEST(Commit, OfAnIntervalIsSyncedLater) {
    RunningEngine running;
    v1::StreamConfig config = stream_config("s", {"a"});
    config.set_sync_interval_ms(200);
    const auto stream = running.create(config);
    running.shard().publish(running.engine(), stream, message("a"));
    EXPECT_EQ(running.gate->commits().back(), (std::pair{std::size_t{1}, Durability::buffered}));
    running.turn();
    EXPECT_EQ(running.gate->commits().back().second, Durability::buffered);
    running.clock.advance(std::chrono::milliseconds(200));
    while (running.gate->commits().back().second != Durability::synced) {
        running.turn();
    }
    EXPECT_EQ(running.gate->commits().back(), (std::pair{std::size_t{0}, Durability::synced}));
}

TEST(Commit, BoundsWhatWaits) {
    RunningEngine running;
    running.options.max_pending_bytes = 4'000;
    running.restart();
    const auto stream = running.create(stream_config("s", {"a"}));
    running.gate->close();
    running.shard().offer(running.engine(), stream, {message("a")});
    running.gate->await_commit();
    const std::string large(1'000, 'x');
    for (int i = 0; i < 10; ++i) {
        running.shard().offer(running.engine(), stream, {message("a", large)});
    }
    running.shard().decisions(3);
    running.turn();
    running.gate->open();
    running.shard().committed(11);
    for (const std::size_t records : record_counts(running)) {
        EXPECT_LE(records, 2U);
    }
}

TEST(Commit, SplitsManyRecordsIntoBlocks) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    const auto batch = running.shard().offer(
        running.engine(), stream, std::vector<v1::Message>(1'000, message("a", "p"))
    );
    running.shard().committed(batch);
    EXPECT_EQ(running.info("s").last_sequence(), 1'000U);
    EXPECT_EQ(running.payload("s", 1), "p");
    EXPECT_EQ(running.payload("s", 1'000), "p");
    EXPECT_EQ(running.engine().storage_info().committed_messages(), 1'000U);
}

TEST(Commit, OfManyThreadsKeepsTheOrderOfEach) {
    RunningEngine running(std::make_shared<store::MemoryStore>(), 3);
    const auto stream = running.create(stream_config("s", {"a.*"}));
    constexpr std::uint64_t kBatches = 200;
    std::vector<std::thread> threads;
    for (std::uint16_t shard = 0; shard < 3; ++shard) {
        threads.emplace_back([&, shard] {
            const std::string subject = "a." + std::to_string(shard);
            for (std::uint64_t i = 0; i < kBatches; ++i) {
                running.shard(shard).offer(
                    running.engine(), stream, {message(subject), message(subject)}
                );
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (std::uint16_t shard = 0; shard < 3; ++shard) {
        EXPECT_EQ(running.shard(shard).committed(kBatches), kOk);
        std::uint64_t last = 0;
        for (std::uint64_t batch = 1; batch <= kBatches; ++batch) {
            for (const auto& decision : running.shard(shard).decisions(batch)) {
                EXPECT_GT(decision.sequence, last);
                last = decision.sequence;
            }
        }
        std::uint64_t previous = 0;
        for (const auto& [batch, failure] : running.shard(shard).commits()) {
            EXPECT_GT(batch, previous);
            previous = batch;
        }
    }
    EXPECT_EQ(running.info("s").messages(), 3 * 2 * kBatches);
}

TEST(Commit, AtTheEndAnswersAll) {
    RunningEngine running;
    const auto stream = running.create(stream_config("s", {"a"}));
    running.gate->close();
    running.shard().offer(running.engine(), stream, {message("a")});
    running.gate->await_commit();
    for (int i = 0; i < 5; ++i) {
        running.shard().offer(running.engine(), stream, {message("a")});
    }
    running.gate->open();
    running.engine().stop();
    EXPECT_EQ(running.shard().commits().back().first, 6U);
    EXPECT_EQ(running.shard().decisions(6).front().sequence, 6U);
}

}  // namespace
}  // namespace telex::storage
