// Records of streams on connections: how much waits for a peer that does not read, and the end.
#include "support/fake_consumers.hpp"
#include "support/memory_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::FakeConsumers;
using telex::testing::FakeDeliveries;
using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;
using ::testing::ElementsAre;

// Bytes that the stream takes from the server before the peer reads.
constexpr std::size_t kStreamCapacity = 16U << 10U;
// More than the stream and the connection take.
constexpr std::uint64_t kManyRecords = 40'000;

class StreamRecords : public ::testing::Test {
protected:
    StreamRecords() {
        peer_.open();
        peer_.send(telex::testing::consume(5));
        while (calls().empty()) {
            std::this_thread::yield();
        }
        source().take_attached(storage_.member(0), v1::ERROR_CODE_UNSPECIFIED, "");
        EXPECT_EQ(peer_.next(), "subscribed 5");
    }

    exchange::StreamMembers& source() { return server_.shard(0).stream_members(); }

    std::vector<std::string> calls() { return storage_.calls(); }

    void deliver(std::uint64_t first, std::uint64_t last) {
        source().take_deliveries(std::make_unique<FakeDeliveries>(storage_.member(0), first, last));
        server_.settle();
    }

    exchange::ShardSnapshot snapshot() {
        exchange::ShardSnapshot snapshot;
        server_.at(0, [&] { snapshot = server_.shard(0).snapshot(); });
        return snapshot;
    }

    FakeConsumers storage_;
    MemoryServer server_{1, {}, &storage_};
    MemoryTelex peer_{server_.connect({.capacity = kStreamCapacity})};
};

TEST_F(StreamRecords, AreReadAndAcknowledged) {
    deliver(41, 42);
    for (const std::uint64_t sequence : {41U, 42U}) {
        const auto frame = peer_.receive();
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->subscription(), 5U);
        EXPECT_EQ(frame->position().sequence(), sequence);
        EXPECT_EQ(frame->message().subject(), "log." + std::to_string(sequence));
    }
    EXPECT_THAT(calls(), ElementsAre("back 41"));
    peer_.send(telex::testing::acknowledge(5, 41));
    peer_.send(telex::testing::ping(1));
    EXPECT_EQ(peer_.next(), "pong 1");
    EXPECT_THAT(calls(), ElementsAre("outcomes ack m0 41-41"));
    EXPECT_EQ(snapshot().delivered_messages(), 2U);
}

TEST_F(StreamRecords, WaitForAPeerThatDoesNotRead) {
    deliver(1, kManyRecords);
    EXPECT_THAT(calls(), ::testing::IsEmpty()) << "the window stays closed";
    const exchange::ShardSnapshot waiting = snapshot();
    EXPECT_LT(waiting.counters.routed_messages, kManyRecords);
    EXPECT_GT(waiting.queued_messages, 0U);
    EXPECT_LE(waiting.pending_bytes, std::size_t{2} * (256U << 10U))
        << "with the room that its queue keeps";
    // Its control frames are read all the same.
    peer_.send(telex::testing::acknowledge(5, 1));
    while (calls().empty()) {
        std::this_thread::yield();
    }
    for (std::uint64_t sequence = 1; sequence <= kManyRecords; ++sequence) {
        ASSERT_EQ(peer_.receive()->position().sequence(), sequence);
    }
    server_.settle();
    EXPECT_THAT(calls(), ElementsAre("back 1"));
    EXPECT_EQ(snapshot().delivered_messages(), kManyRecords);
    EXPECT_EQ(snapshot().counters.dropped_messages(), 0U);
}

TEST_F(StreamRecords, OfAConnectionThatIsLostAreDropped) {
    deliver(1, kManyRecords);
    const std::uint64_t routed = snapshot().counters.routed_messages;
    peer_.stream().vanish();
    while (snapshot().connections != 0) {
        std::this_thread::yield();
    }
    EXPECT_THAT(calls(), ElementsAre("back 1", "detach m0"));
    const exchange::ShardSnapshot after = snapshot();
    EXPECT_EQ(after.counters.routed_messages, routed);
    EXPECT_GT(after.counters.dropped_messages(), 0U);
    EXPECT_EQ(after.queued_messages, 0U);
}

TEST_F(StreamRecords, LongerThanTheLimitGoToAnEmptyQueue) {
    const std::string payload(std::size_t{512} << 10U, 'x');
    auto batch = std::make_unique<FakeDeliveries>(storage_.member(0), 1, 1);
    std::string body;
    wire::append_message(body, "log.1", payload);
    batch->records.front().body = body;
    source().take_deliveries(std::move(batch));
    EXPECT_EQ(peer_.receive()->message().payload().size(), payload.size());
}

}  // namespace
}  // namespace telex::server
