// Durable consumers in the store.
#include "support/temporary_folder.hpp"
#include "unit/storage/consumer_bench.hpp"
#include "unit/store/opened_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace telex::storage {
namespace {

using namespace std::chrono_literals;
using test::ConsumerBench;
using test::member;
using test::Received;
using test::sequences_of;
using Sequences = std::vector<std::uint64_t>;

TEST(ConsumerRestart, KeepsTheCursorAndFlagsDuplicates) {
    ConsumerBench bench;
    bench.attach(1);
    for (int i = 0; i < 4; ++i) {
        bench.publish("a.b");
    }
    bench.rest();
    bench.settle(1, 1, 2);
    bench.settle(1, 4, 4);
    bench.restart();
    EXPECT_EQ(bench.info().in_flight(), 1U);
    EXPECT_EQ(bench.info().floor(), 2U);
    bench.members.received();
    ASSERT_EQ(bench.attach(2), v1::ERROR_CODE_UNSPECIFIED);
    const Received again = bench.members.receive(1).front();
    EXPECT_EQ(again.sequence, 3U);
    EXPECT_TRUE(again.redelivered);
    // Within the reserved sequences of the snapshot: it may have been delivered before.
    bench.publish("a.b");
    EXPECT_TRUE(bench.members.receive(1).front().redelivered);
}

TEST(ConsumerRestart, KeepsKeysAndPauses) {
    ConsumerBench bench;
    v1::ConsumerConfig config;
    config.set_key_affinity(true);
    bench.attach(1, config);
    bench.publish("a.b");
    bench.publish("a.b");
    bench.members.receive(1);
    bench.rest();
    ASSERT_TRUE(bench.running.engine().pause_consumer({"", "s", "c"}, 10s));
    bench.restart();
    EXPECT_EQ(bench.info().in_flight(), 2U);
    EXPECT_EQ(bench.info().paused_ms(), 10'000U);
    bench.attach(2, config);
    bench.rest();
    EXPECT_TRUE(bench.members.received().empty());
    bench.running.clock.advance(11s);
    bench.rest();
    EXPECT_EQ(sequences_of(bench.members.received()), Sequences({1}));
    bench.ack(2, 1);
    EXPECT_EQ(sequences_of(bench.members.receive(1)), Sequences({2}));
}

TEST(ConsumerRestart, DoesNotBringBackARemovedConsumer) {
    ConsumerBench bench;
    bench.attach(1);
    ASSERT_TRUE(bench.running.engine().remove_consumer({"", "s", "c"}));
    bench.restart();
    EXPECT_TRUE(bench.running.engine().list_consumers("", "s")->empty());
}

TEST(ConsumerRestart, ForgetsRecordsThatWereRemoved) {
    ConsumerBench bench;
    bench.attach(1);
    bench.publish("a.b");
    bench.publish("a.b");
    bench.rest();
    ASSERT_TRUE(bench.running.engine().erase("", "s", 1));
    bench.restart();
    EXPECT_EQ(bench.info().in_flight(), 1U);
}

// More than a turn reads, from a store without the blocks in memory.
TEST(ConsumerRestart, ReadsOldMessagesFromTheDisk) {
    constexpr std::uint64_t kMessages = 3'000;
    const telex::test::TemporaryFolder folder;
    ConsumerBench bench(
        test::stream_config("s", {"a.>"}),
        store::test::open_store(store::test::small_settings(folder.path("store")))
    );
    const std::vector<v1::Message> many(100, test::message("a.b", std::string(500, 'x')));
    std::uint64_t batch = 0;
    for (std::uint64_t i = 0; i < kMessages; i += many.size()) {
        batch = bench.running.shard().offer(bench.running.engine(), bench.stream, many);
    }
    bench.running.shard().committed(batch);
    bench.attach(1, {}, 2'000);
    std::vector<Received> received;
    const auto receive_until = [&](std::uint64_t last, std::uint32_t number) {
        while (received.size() < last) {
            for (Received& record : bench.members.receive(1)) {
                received.push_back(std::move(record));
            }
            bench.settle(number, 1, received.back().sequence);
        }
    };
    receive_until(2'000, 1);
    bench.restart();
    EXPECT_EQ(bench.info().floor(), 2'000U);
    bench.attach(2);
    receive_until(kMessages, 2);
    for (std::uint64_t sequence = 1; sequence <= kMessages; ++sequence) {
        ASSERT_EQ(received[sequence - 1].sequence, sequence);
    }
}

TEST(ConsumerSnapshots, AreStoredBeforeTheFirstDelivery) {
    ConsumerBench bench;
    bench.publish("a.b");
    bench.running.gate->close();
    bench.consumers().attach(ConsumerBench::attach_of(1));
    bench.running.gate->await_commit();
    bench.rest();
    EXPECT_FALSE(bench.members.is_answered(member(1)));
    EXPECT_TRUE(bench.members.received().empty());
    bench.running.gate->open();
    EXPECT_EQ(bench.members.attached(member(1)), v1::ERROR_CODE_UNSPECIFIED);
    bench.members.receive(1);
    EXPECT_EQ(bench.running.gate->commits().back().second, store::Durability::synced);
}

TEST(ConsumerSnapshots, AreStoredTenTimesASecondAtMost) {
    ConsumerBench bench;
    bench.attach(1);
    bench.rest();
    for (int i = 0; i < 10; ++i) {
        bench.publish("a.b");
    }
    bench.rest();
    const std::size_t before = bench.running.gate->commits().size() + 1;
    bench.running.clock.advance(200ms);
    bench.running.turn();
    bench.running.gate->await_commits(before);
    bench.rest();
    for (std::uint64_t sequence = 1; sequence <= 10; ++sequence) {
        bench.ack(1, sequence);
        bench.rest();
    }
    EXPECT_EQ(bench.running.gate->commits().size(), before);
    bench.running.clock.advance(200ms);
    bench.running.turn();
    bench.running.gate->await_commits(before + 1);
    bench.rest();
    EXPECT_EQ(bench.running.gate->commits().size(), before + 1);
    // Nothing waits for it.
    EXPECT_EQ(bench.running.gate->commits().back().second, store::Durability::buffered);
}

TEST(ConsumerSnapshots, ThatFailRemoveANewConsumer) {
    ConsumerBench bench;
    bench.running.gate->set_state(store::StoreState::failed);
    EXPECT_EQ(bench.attach(1), v1::STORAGE_FAILED);
    EXPECT_TRUE(bench.running.engine().list_consumers("", "s")->empty());
}

TEST(ConsumerRestore, NamesDamage) {
    ConsumerBench bench;
    bench.attach(1);
    store::Commit commit;
    commit.cursors.push_back(
        {bench.stream,
         1,
         "\x0a\x01"
         "c"}
    );
    ASSERT_TRUE(bench.running.store().commit(commit, store::Durability::synced));
    Engine engine(
        std::make_unique<test::GatedStore>(
            std::shared_ptr<store::Store>(&bench.running.store(), [](store::Store*) {}),
            bench.running.gate
        ),
        bench.running.options
    );
    const auto restored = engine.restore();
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().text, "stream 's': the state of consumer 'c' is damaged");
}

}  // namespace
}  // namespace telex::storage
