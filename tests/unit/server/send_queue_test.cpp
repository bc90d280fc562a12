#include "server/stream/send_queue.hpp"

#include "base/time.hpp"
#include "net/stream_io.hpp"
#include "support/allocator_memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace telex::server {
namespace {

using ::testing::ElementsAre;

// Takes as many bytes as a test allows, and keeps them.
class Sink final : public ByteStream {
public:
    int descriptor() const override { return -1; }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    IoResult read(char*, std::size_t) override { return {IoStatus::wait_read, 0, 0}; }

    IoResult peek() override { return {IoStatus::wait_read, 0, 0}; }

    IoResult write(const iovec* vectors, std::size_t count) override {
        ++writes;
        EXPECT_LE(count, net::kMaxVectors);
        if (broken) {
            return {IoStatus::error, 0, EPIPE};
        }
        if (room == 0) {
            return {IoStatus::wait_write, 0, 0};
        }
        std::string offered;
        for (std::size_t i = 0; i < count; ++i) {
            offered.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
        }
        const std::size_t taken = std::min(room, offered.size());
        room -= taken;
        got += offered.substr(0, taken);
        packets.push_back(offered.substr(0, taken));
        return {IoStatus::done, taken, 0};
    }

    void finish_writing() override {}

    std::size_t room = std::numeric_limits<std::size_t>::max();
    bool broken = false;
    int writes = 0;
    std::string got;
    std::vector<std::string> packets;
};

// The counters of a queue's messages.
struct Counts {
    std::uint64_t of_client = 0;
    std::uint64_t of_shard = 1'000;  // with other queues
    exchange::QueuedCount queued{of_client, of_shard};
};

class SendQueueTest : public ::testing::Test {
protected:
    void put(std::string_view text, std::uint64_t subscription = 1) {
        queue_.put({"<", text, {}, ">", nullptr}, subscription, now_);
    }

    // Fills the commit window, so that further frames go to the backlog.
    void fill() {
        put(std::string(SendQueue::kCommitWindow, 'f'), 0);
        ASSERT_FALSE(queue_.has_backlog());
    }

    std::uint64_t queued() const {
        EXPECT_EQ(counts_.of_shard, counts_.of_client + 1'000);
        return counts_.of_client;
    }

    ReactorBuffers buffers_;
    Counts counts_;
    SendQueue queue_{buffers_, false, counts_.queued};
    Sink sink_;
    TimePoint now_{};
};

TEST_F(SendQueueTest, WritesFramesTogetherAndInOrder) {
    put("a");
    put("b", 0);
    put("c");
    EXPECT_EQ(queue_.bytes(), 9U);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got, "<a><b><c>");
    EXPECT_EQ(sink_.writes, 1);
    EXPECT_TRUE(queue_.empty());
}

TEST_F(SendQueueTest, DoesNotWriteWhenEmpty) {
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.writes, 0);
}

TEST_F(SendQueueTest, CopiesSmallBodiesAndRefersToLargeOnes) {
    for (const std::size_t size : {kCopyBelow - 1, kCopyBelow}) {
        ChunkRef chunk = ChunkRef::adopt(Chunk::create(size));
        std::memset(chunk->data(), 'b', size);
        queue_.put({"p", "h", {chunk->data(), size}, "s", &chunk}, 1, now_);
        EXPECT_EQ(chunk->unique(), size < kCopyBelow);
        EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
        EXPECT_TRUE(chunk->unique());
        EXPECT_EQ(sink_.got, "ph" + std::string(size, 'b') + "s");
        sink_.got.clear();
    }
}

TEST_F(SendQueueTest, DoesNotRetryAShortWrite) {
    put("hello");
    sink_.room = 3;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::wait_write);
    EXPECT_EQ(sink_.writes, 1);
    EXPECT_EQ(queue_.bytes(), 4U);
    sink_.room = 100;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got, "<hello>");
}

// Other connections have their turns in between.
TEST_F(SendQueueTest, WritesALongMessageInSeveralFlushes) {
    const SharedBytes body = SharedBytes::copy_of(std::string(5 * SendQueue::kFlushBytes / 2, 'x'));
    queue_.put({{}, {}, body.bytes, {}, &body.owner}, 1, now_);
    put("end");
    for (const std::size_t written : {1U, 2U}) {
        EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
        EXPECT_EQ(sink_.got.size(), written * SendQueue::kFlushBytes);
        EXPECT_FALSE(queue_.empty());
    }
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(sink_.got, std::string(body.bytes) + "<end>");
}

TEST_F(SendQueueTest, ReportsABrokenStream) {
    put("hello");
    sink_.broken = true;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::error);
}

TEST_F(SendQueueTest, KeepsFramesWholeBeyondTheCommitWindow) {
    fill();
    put("a");
    put("c", 0);
    EXPECT_TRUE(queue_.has_backlog());
    EXPECT_EQ(queue_.control_bytes(), 3U);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got.substr(sink_.got.size() - 6), "<a><c>");
    EXPECT_FALSE(queue_.has_backlog());
    EXPECT_EQ(queue_.control_bytes(), 0U);
}

TEST_F(SendQueueTest, DropsTheOldestDeliveryButNeverAControlFrame) {
    fill();
    put("control", 0);
    put("old", 7);
    put("new", 8);
    const std::size_t before = queue_.bytes();
    EXPECT_EQ(queue_.drop_oldest(), 7U);
    EXPECT_EQ(queue_.bytes(), before - 5);
    EXPECT_EQ(queue_.drop_oldest(), 8U);
    EXPECT_EQ(queue_.bytes(), before - 10);
    EXPECT_EQ(queue_.drop_oldest(), std::nullopt);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got.substr(sink_.got.size() - 9), "<control>");
}

// The smallest frames have the largest notes.
TEST_F(SendQueueTest, CountsTheMemoryOfItsNotes) {
    EXPECT_EQ(queue_.memory(), 0U);
    put("a");
    EXPECT_GE(queue_.memory(), ReactorBuffers::kBlockBytes) << "a block of its own";
    fill();
    const std::size_t before = testing::allocator_memory();
    const std::size_t charged = queue_.memory();
    for (int i = 0; i < 50'000; ++i) {
        put("");
    }
    if (testing::has_own_allocator()) {
        EXPECT_GE(queue_.memory() - charged, (testing::allocator_memory() - before) * 9 / 10);
    }
    queue_.drop_deliveries([](std::uint64_t) {});
    sink_.room = std::numeric_limits<std::size_t>::max();
    while (!queue_.empty()) {
        (void)queue_.flush(sink_);
    }
    EXPECT_EQ(queue_.memory(), 0U);
}

TEST_F(SendQueueTest, HoldsNothingWhileItIsEmpty) {
    static_assert(sizeof(SendQueue) <= 64);
    EXPECT_EQ(buffers_.spare_outputs(), 0U);
    put("a");
    (void)queue_.flush(sink_);
    EXPECT_EQ(buffers_.spare_outputs(), 1U);
    fill();
    put("waits", 1);
    EXPECT_EQ(buffers_.spare_outputs(), 0U);
    queue_.abandon([](std::uint64_t) {});
    EXPECT_EQ(buffers_.spare_outputs(), 1U);
}

// The bound that docs/security.md states. The first marks have a little room.
TEST_F(SendQueueTest, TakesAtMost48BytesBesideTheBytesOfAFrame) {
    fill();
    const std::size_t filled = queue_.memory();
    std::size_t bytes = 0;
    for (std::size_t frames = 1; frames <= 50'000; ++frames) {
        const std::size_t before = queue_.bytes();
        put("", 1);
        bytes += queue_.bytes() - before;
        ASSERT_LE(
            queue_.memory() - filled, bytes + 48 * frames + ReactorBuffers::kBlockBytes + 1'024
        );
    }
}

TEST_F(SendQueueTest, NeverDropsWhatIsCommitted) {
    put("under way");
    EXPECT_EQ(queue_.drop_oldest(), std::nullopt);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got, "<under way>");
}

TEST_F(SendQueueTest, DropsAllDeliveriesBySubscription) {
    fill();
    put("a", 1);
    put("c", 0);
    put("b", 2);
    std::vector<std::uint64_t> dropped;
    queue_.drop_deliveries([&](std::uint64_t subscription) { dropped.push_back(subscription); });
    EXPECT_THAT(dropped, ElementsAre(1, 2));
    EXPECT_EQ(queue_.bytes(), SendQueue::kCommitWindow + 2 + 3);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got.substr(sink_.got.size() - 3), "<c>");
}

TEST_F(SendQueueTest, AbandonsEverything) {
    fill();
    put("a", 1);
    put("c", 0);
    int dropped = 0;
    queue_.abandon([&](std::uint64_t) { ++dropped; });
    EXPECT_EQ(dropped, 1);
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(queue_.control_bytes(), 0U);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.writes, 0);
}

// The peer has no use for a part of a message.
TEST_F(SendQueueTest, CountsCommittedDeliveriesThatWereNotWrittenToTheirEnd) {
    put("written", 1);
    put("control", 0);
    put("partly written", 2);
    put("", 0);
    put("not written", 3);
    sink_.room = std::string("<written><control><part").size();
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::wait_write);
    std::vector<std::uint64_t> dropped;
    const auto count = [&](std::uint64_t subscription) { dropped.push_back(subscription); };
    queue_.abandon(count);
    EXPECT_THAT(dropped, ElementsAre(2, 3));
    queue_.abandon(count);
    EXPECT_THAT(dropped, ElementsAre(2, 3)) << "they are counted once";
}

TEST_F(SendQueueTest, CountsNoDeliveryThatWasWritten) {
    for (int i = 0; i < 1'000; ++i) {
        put(std::string(1'000, 'd'));
        sink_.room = 1'000;
        (void)queue_.flush(sink_);
    }
    const std::uint64_t written = sink_.got.size() / 1'002;
    std::uint64_t dropped = 0;
    queue_.abandon([&](std::uint64_t) { ++dropped; });
    EXPECT_EQ(written + dropped, 1'000U);
}

TEST_F(SendQueueTest, CountsMessagesUntilTheyAreWritten) {
    put("delivery");
    put("control", kControlKey);
    put("reply", kReplyKey);
    EXPECT_EQ(queued(), 2U);
    sink_.room = 10 + 9 + 6;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::wait_write);
    EXPECT_EQ(queued(), 1U) << "the last byte of the reply is missing";
    queue_.note_writable();
    sink_.room = 1;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(queued(), 0U);
}

TEST_F(SendQueueTest, CountsAReplyThatIsAbandonedWhereverItIs) {
    put("committed", kReplyKey);
    fill();
    put("before the backlog", kReplyKey);
    put("old", 1);
    put("in the backlog", kReplyKey);
    put("new", 2);
    EXPECT_EQ(queued(), 5U);
    EXPECT_EQ(queue_.drop_oldest(), 1U) << "a reply is never dropped by a policy";
    EXPECT_EQ(queued(), 4U);
    std::vector<std::uint64_t> abandoned;
    queue_.abandon([&](std::uint64_t key) { abandoned.push_back(key); });
    EXPECT_THAT(abandoned, ElementsAre(kReplyKey, 2, kReplyKey, kReplyKey));
    EXPECT_EQ(queued(), 0U);
}

// An empty frame is written with the frame before it.
TEST_F(SendQueueTest, CountsNoEmptyFrameThatIsCommitted) {
    queue_.put({}, 1, now_);
    EXPECT_EQ(queued(), 0U);
    fill();
    queue_.put({}, 2, now_);
    EXPECT_EQ(queued(), 1U) << "it may be dropped";
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(queued(), 0U);
}

TEST_F(SendQueueTest, KeepsTheOrderOfControlFramesAroundDrops) {
    fill();
    for (const std::uint64_t subscription : {0U, 1U, 0U, 0U, 2U, 0U, 3U, 0U}) {
        put(std::to_string(subscription), subscription);
    }
    EXPECT_EQ(queue_.drop_oldest(), 1U);
    EXPECT_EQ(queue_.drop_oldest(), 2U);
    EXPECT_EQ(queue_.control_bytes(), 5 * 3U);
    put("4", 4);
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got.substr(SendQueue::kCommitWindow + 2), "<0><0><0><0><3><0><4>");
    EXPECT_EQ(queue_.control_bytes(), 0U);
}

// A client that may send control frames and choose drop_oldest must not make each further message
// as expensive as its queue is long.
TEST_F(SendQueueTest, DropsInTimeThatIsLinearInTheFrames) {
    for (const std::uint64_t frames : {10'000U, 20'000U}) {
        Counts counts;
        SendQueue queue(buffers_, false, counts.queued);
        const auto put_into = [&](std::uint64_t subscription) {
            queue.put({{}, "frame", {}, {}, nullptr}, subscription, now_);
        };
        queue.put({std::string(SendQueue::kCommitWindow, 'f'), {}, {}, {}, nullptr}, 0, now_);
        for (std::uint64_t i = 0; i < frames; ++i) {
            put_into(0);
        }
        for (std::uint64_t i = 0; i < frames; ++i) {
            put_into(1 + i % 2);
            put_into(i % 2);
        }
        for (std::uint64_t i = 0; i < frames; ++i) {
            ASSERT_TRUE(queue.drop_oldest());
            put_into(1);
        }
        std::uint64_t dropped = 0;
        queue.drop_deliveries([&](std::uint64_t) { ++dropped; });
        EXPECT_EQ(dropped, frames * 3 / 2);
        EXPECT_LE(queue.moves(), 4 * frames) << "of " << 4 * frames << " frames";
    }
}

// Each of them would keep a block of 64 KiB.
TEST_F(SendQueueTest, ReleasesTheBlocksOfDeliveriesBetweenControlFrames) {
    constexpr std::size_t kBlocks = 40;
    fill();
    for (std::size_t i = 0; i < kBlocks; ++i) {
        put("c", 0);
        for (std::size_t bytes = 0; bytes < ReactorBuffers::kBlockBytes; bytes += 400) {
            put(std::string(398, 'd'));
        }
    }
    const std::size_t spare = buffers_.spare_blocks();
    queue_.drop_deliveries([](std::uint64_t) {});
    EXPECT_GE(buffers_.spare_blocks(), spare + kBlocks - 2);
    EXPECT_EQ(queue_.control_bytes(), kBlocks * 3);
}

TEST_F(SendQueueTest, ReportsTheAgeOfDeliveriesOnly) {
    fill();
    put("control", 0);
    EXPECT_FALSE(queue_.has_backlog());
    now_ += std::chrono::seconds(5);
    put("young");
    EXPECT_EQ(queue_.oldest(), now_);
}

TEST_F(SendQueueTest, ReportsTheAgeOfTheBacklog) {
    fill();
    put("a");
    now_ += std::chrono::seconds(5);
    put("b");
    EXPECT_EQ(queue_.oldest(), TimePoint{});
    queue_.drop_oldest();
    EXPECT_EQ(queue_.oldest(), now_);
}

// A blocked connection must not keep a read chunk of 256 KiB alive for one kilobyte of it.
TEST_F(SendQueueTest, ReleasesALargeChunkForFewBytes) {
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(ReactorBuffers::kReadChunkBytes));
    std::memset(chunk->data(), 'x', 1'024);
    queue_.put({{}, {}, {chunk->data(), 1'024}, {}, &chunk}, 1, now_);
    EXPECT_FALSE(chunk->unique());
    sink_.room = 10;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::wait_write);
    EXPECT_TRUE(chunk->unique());
    std::memset(chunk->data(), '!', 1'024);
    sink_.room = 2'000;
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_EQ(sink_.got, std::string(1'024, 'x'));
}

TEST_F(SendQueueTest, SplitsTooManyVectors) {
    std::string expected;
    std::vector<ChunkRef> chunks;
    for (int i = 0; i < 1'500; ++i) {
        chunks.push_back(ChunkRef::adopt(Chunk::create(kCopyBelow)));
        std::memset(chunks.back()->data(), 'a' + i % 26, kCopyBelow);
        const ByteView body(chunks.back()->data(), kCopyBelow);
        queue_.put({"<", {}, body, ">", &chunks.back()}, 1, now_);
        expected += "<" + std::string(body) + ">";
    }
    EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    EXPECT_TRUE(sink_.got == expected);
}

TEST(PacketSendQueue, WritesEachFrameAsOnePacket) {
    ReactorBuffers buffers;
    Counts counts;
    SendQueue queue(buffers, true, counts.queued);
    Sink sink;
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(kCopyBelow));
    std::memset(chunk->data(), 'b', kCopyBelow);
    queue.put({{}, "h1", "b1", {}, nullptr}, 1, {});
    queue.put({{}, "h2", {chunk->data(), kCopyBelow}, {}, &chunk}, 1, {});
    EXPECT_TRUE(queue.has_backlog()) << "a packet may be dropped until it is written";
    EXPECT_EQ(queue.flush(sink).status, IoStatus::done);
    EXPECT_THAT(sink.packets, ElementsAre("h1b1", "h2" + std::string(kCopyBelow, 'b')));
    EXPECT_TRUE(queue.empty());
}

TEST(PacketSendQueue, DropsAnEmptyFrame) {
    ReactorBuffers buffers;
    Counts counts;
    SendQueue queue(buffers, true, counts.queued);
    queue.put({}, 1, {});
    queue.put({{}, "h", {}, {}, nullptr}, 0, {});
    queue.put({}, 2, {});
    std::vector<std::uint64_t> dropped;
    queue.drop_deliveries([&](std::uint64_t subscription) { dropped.push_back(subscription); });
    EXPECT_THAT(dropped, ElementsAre(1, 2));
    EXPECT_EQ(queue.bytes(), 1U);
}

// Any mix of frames, stream states and drops: exactly the frames that were queued and not dropped
// are written, in order, and the figures are right at every step.
TEST(SendQueueModel, WritesQueuedFramesThatWereNotDropped) {
    for (unsigned seed = 0; seed < 30; ++seed) {
        std::mt19937 random(seed);
        ReactorBuffers buffers;
        Counts counts;
        SendQueue queue(buffers, false, counts.queued);
        Sink sink;
        std::vector<std::string> expected;  // a dropped frame becomes empty
        std::vector<std::size_t> index_of;  // by subscription
        std::size_t waiting = 0;
        for (int step = 0; step < 400; ++step) {
            const std::size_t size = random() % (random() % 8 == 0 ? 200'000 : 900);
            ChunkRef chunk = ChunkRef::adopt(Chunk::create(size + 1));
            std::memset(chunk->data(), 'a' + step % 26, size);
            const bool owned = random() % 2 == 0;
            const std::string head = std::to_string(step);
            const bool control = random() % 4 == 0;
            index_of.push_back(expected.size());
            queue.put(
                {"[", head, {chunk->data(), size}, "]", owned ? &chunk : nullptr},
                control ? 0 : index_of.size(),
                {}
            );
            expected.push_back("[" + head + std::string(chunk->data(), size) + "]");
            waiting += expected.back().size();
            sink.room = random() % 3 == 0 ? random() % 300'000 : 0;
            const std::size_t before = sink.got.size();
            (void)queue.flush(sink);
            waiting -= sink.got.size() - before;
            const auto whose = random() % 5 == 0 ? queue.drop_oldest() : std::nullopt;
            if (whose) {
                std::string& victim = expected[index_of[*whose - 1]];
                waiting -= victim.size();
                victim.clear();
            }
            ASSERT_EQ(queue.bytes(), waiting);
        }
        sink.room = std::numeric_limits<std::size_t>::max();
        EXPECT_EQ(queue.flush(sink).status, IoStatus::done);
        std::string all;
        for (const std::string& frame : expected) {
            all += frame;
        }
        ASSERT_TRUE(sink.got == all) << "seed " << seed;
    }
}

TEST(PacketSendQueue, KeepsTheOrderOfControlFramesAroundDrops) {
    ReactorBuffers buffers;
    Counts counts;
    SendQueue queue(buffers, true, counts.queued);
    Sink sink;
    for (const std::uint64_t subscription : {0U, 1U, 0U, 0U, 2U}) {
        const std::string text = std::to_string(subscription);
        queue.put({{}, text, {}, {}, nullptr}, subscription, {});
    }
    EXPECT_EQ(queue.drop_oldest(), 1U);
    sink.room = 2;
    EXPECT_EQ(queue.flush(sink).status, IoStatus::wait_write);
    EXPECT_EQ(queue.control_bytes(), 1U);
    sink.room = 10;
    EXPECT_EQ(queue.flush(sink).status, IoStatus::done);
    EXPECT_THAT(sink.packets, ElementsAre("0", "0", "0", "2"));
    queue.abandon([](std::uint64_t) { FAIL() << "all were written"; });
}

// Wherever a connection is cut: each delivery was written, dropped before, or is counted now.
TEST(SendQueueModel, CountsEachDeliveryOnce) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        ReactorBuffers buffers;
        Counts counts;
        SendQueue queue(buffers, false, counts.queued);
        Sink sink;
        std::vector<std::size_t> sizes;  // of deliveries and control frames that were not dropped
        std::vector<std::uint64_t> subscriptions;
        for (std::uint64_t step = 1; step <= 600; ++step) {
            const std::string body(random() % (random() % 8 == 0 ? 60'000 : 700), 'x');
            const std::uint64_t subscription = random() % 4 == 0 ? 0 : step;
            queue.put({"<", {}, body, ">", nullptr}, subscription, {});
            sizes.push_back(body.size() + 2);
            subscriptions.push_back(subscription);
            sink.room = random() % 3 == 0 ? random() % 100'000 : 0;
            (void)queue.flush(sink);
            if (const auto dropped = random() % 5 == 0 ? queue.drop_oldest() : std::nullopt) {
                sizes[*dropped - 1] = 0;
                subscriptions[*dropped - 1] = 0;
            }
        }
        std::size_t end = 0;
        std::uint64_t expected = 0;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            end += sizes[i];
            expected += subscriptions[i] != 0 && end > sink.got.size() ? 1U : 0U;
        }
        EXPECT_EQ(counts.of_client, expected) << "seed " << seed;
        std::uint64_t dropped = 0;
        queue.abandon([&](std::uint64_t) { ++dropped; });
        ASSERT_EQ(dropped, expected) << "seed " << seed;
    }
}

// Runs and single frames: the same bytes, counts and drops, wherever the stream stops.
// Copies are one vector of the write.
TEST_F(SendQueueTest, CopiesFramesOfARunUpToALimit) {
    for (const std::size_t size : {SendQueue::kCopyRunBelow - 1, SendQueue::kCopyRunBelow}) {
        const bool copies = size < SendQueue::kCopyRunBelow;
        ChunkRef chunk = ChunkRef::adopt(Chunk::create(size));
        std::memset(chunk->data(), 'b', size);
        const std::vector<wire::PlainMessage> bodies(3, {{chunk->data(), size}, 0, 0});
        const FramedParts frame{{}, {}, bodies.front().body, {}, &chunk};
        EXPECT_EQ(queue_.put_run(frame, bodies, 1, 1U << 20U, now_), copies ? 3 : 1);
        EXPECT_EQ(chunk->unique(), copies);
        EXPECT_EQ(queue_.flush(sink_).status, IoStatus::done);
    }
}

TEST(SendQueueModel, PutsARunLikeItsFrames) {
    for (unsigned seed = 0; seed < 80; ++seed) {
        std::mt19937 random(seed);
        ReactorBuffers buffers;
        Counts single_counts;
        Counts run_counts;
        SendQueue singles(buffers, seed % 8 == 0, single_counts.queued);
        SendQueue runs(buffers, seed % 8 == 0, run_counts.queued);
        Sink single_sink;
        Sink run_sink;
        for (std::uint64_t key = 1; key <= 100; ++key) {
            const std::size_t size = 1 + random() % (key % 9 == 0 ? 6'000 : 600);
            const std::size_t count = 1 + random() % 70;
            std::vector<std::string> texts;
            std::vector<wire::PlainMessage> bodies;
            for (std::size_t i = 0; i < count; ++i) {
                texts.emplace_back(size, static_cast<char>('a' + i % 26));
            }
            for (const std::string& text : texts) {
                bodies.push_back({text, 0, 0});
                singles.put({"<", "head", text, ">", nullptr}, key, {});
            }
            const FramedParts frame{"<", "head", bodies.front().body, ">", nullptr};
            for (std::span<const wire::PlainMessage> left = bodies; !left.empty();) {
                const std::size_t taken = runs.put_run(frame, left, key, 1 + random() % 80'000, {});
                ASSERT_GE(taken, 1U);
                ASSERT_LE(taken, left.size());
                left = left.subspan(taken);
            }
            ASSERT_EQ(runs.bytes(), singles.bytes());
            ASSERT_EQ(run_counts.of_client, single_counts.of_client);
            single_sink.room = random() % 2 == 0 ? random() % 100'000 : 0;
            run_sink.room = single_sink.room;
            (void)singles.flush(single_sink);
            (void)runs.flush(run_sink);
            ASSERT_EQ(run_sink.got, single_sink.got);
            ASSERT_EQ(run_counts.of_client, single_counts.of_client) << "seed " << seed;
            if (random() % 5 == 0) {
                ASSERT_EQ(runs.drop_oldest(), singles.drop_oldest());
            }
        }
        std::vector<std::uint64_t> dropped_singles;
        std::vector<std::uint64_t> dropped_of_runs;
        singles.abandon([&](std::uint64_t key) { dropped_singles.push_back(key); });
        runs.abandon([&](std::uint64_t key) { dropped_of_runs.push_back(key); });
        ASSERT_EQ(dropped_of_runs, dropped_singles) << "seed " << seed;
    }
}

}  // namespace
}  // namespace telex::server
