#include "server/stream/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace telex::server {
namespace {

using ::testing::ElementsAre;

// Takes what it is told to take, and keeps it.
class Sink final : public ByteStream {
public:
    int descriptor() const override { return -1; }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    IoResult read(char*, std::size_t) override { return {IoResult::Status::again, 0, 0}; }

    IoResult write(const iovec* vectors, std::size_t count) override {
        ++writes;
        EXPECT_LE(count, kMaxVectors);
        if (broken) {
            return {IoResult::Status::error, 0, EPIPE};
        }
        if (room == 0) {
            return {IoResult::Status::again, 0, 0};
        }
        std::string offered;
        for (std::size_t i = 0; i < count; ++i) {
            offered.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
        }
        const std::size_t taken = std::min(room, offered.size());
        room -= taken;
        got += offered.substr(0, taken);
        packets.push_back(offered.substr(0, taken));
        return {IoResult::Status::done, taken, 0};
    }

    void finish_writing() override {}

    std::size_t room = std::numeric_limits<std::size_t>::max();
    bool broken = false;
    int writes = 0;
    std::string got;
    std::vector<std::string> packets;
};

class OutboxTest : public ::testing::Test {
protected:
    void put(std::string_view text, std::uint64_t subscription = 1) {
        outbox_.put({"<", text, {}, ">", nullptr}, subscription, now_);
    }

    // Fills what is committed, so that further frames stay whole.
    void fill() {
        put(std::string(Outbox::kCommitWindow, 'f'), 0);
        ASSERT_FALSE(outbox_.has_backlog());
    }

    ReactorBuffers buffers_;
    Outbox outbox_{buffers_, false};
    Sink sink_;
    session::TimePoint now_{};
};

TEST_F(OutboxTest, WritesFramesTogetherAndInOrder) {
    put("a");
    put("b", 0);
    put("c");
    EXPECT_EQ(outbox_.bytes(), 9U);
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got, "<a><b><c>");
    EXPECT_EQ(sink_.writes, 1);
    EXPECT_TRUE(outbox_.empty());
}

TEST_F(OutboxTest, DoesNotWriteWhenThereIsNothing) {
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.writes, 0);
}

TEST_F(OutboxTest, CopiesSmallBodiesAndRefersToLargeOnes) {
    for (const std::size_t size : {kCopyBelow - 1, kCopyBelow}) {
        ChunkRef chunk = ChunkRef::adopt(Chunk::create(size));
        std::memset(chunk->data(), 'b', size);
        outbox_.put({"p", "h", {chunk->data(), size}, "s", &chunk}, 1, now_);
        EXPECT_EQ(chunk->unique(), size < kCopyBelow);
        EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
        EXPECT_TRUE(chunk->unique());
        EXPECT_EQ(sink_.got, "ph" + std::string(size, 'b') + "s");
        sink_.got.clear();
    }
}

TEST_F(OutboxTest, DoesNotAskAStreamAgainThatTookLess) {
    put("hello");
    sink_.room = 3;
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::again);
    EXPECT_EQ(sink_.writes, 1);
    EXPECT_EQ(outbox_.bytes(), 4U);
    sink_.room = 100;
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got, "<hello>");
}

// Others have their turn in between.
TEST_F(OutboxTest, WritesALongMessageInSeveralFlushes) {
    const SharedBytes body = SharedBytes::copy_of(std::string(5 * Outbox::kFlushBytes / 2, 'x'));
    outbox_.put({{}, {}, body.bytes, {}, &body.owner}, 1, now_);
    put("end");
    for (const std::size_t written : {1U, 2U}) {
        EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
        EXPECT_EQ(sink_.got.size(), written * Outbox::kFlushBytes);
        EXPECT_FALSE(outbox_.empty());
    }
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_TRUE(outbox_.empty());
    EXPECT_EQ(sink_.got, std::string(body.bytes) + "<end>");
}

TEST_F(OutboxTest, TellsThatTheStreamBroke) {
    put("hello");
    sink_.broken = true;
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::error);
}

TEST_F(OutboxTest, KeepsFramesWholeBeyondTheCommitWindow) {
    fill();
    put("a");
    put("c", 0);
    EXPECT_TRUE(outbox_.has_backlog());
    EXPECT_EQ(outbox_.control_bytes(), 3U);
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got.substr(sink_.got.size() - 6), "<a><c>");
    EXPECT_FALSE(outbox_.has_backlog());
    EXPECT_EQ(outbox_.control_bytes(), 0U);
}

TEST_F(OutboxTest, DropsTheOldestDeliveryButNeverAControlFrame) {
    fill();
    put("control", 0);
    put("old", 7);
    put("new", 8);
    const std::size_t before = outbox_.bytes();
    EXPECT_EQ(outbox_.drop_oldest(), 7U);
    EXPECT_EQ(outbox_.bytes(), before - 5);
    EXPECT_EQ(outbox_.drop_oldest(), 8U);
    EXPECT_EQ(outbox_.bytes(), before - 10);
    EXPECT_EQ(outbox_.drop_oldest(), std::nullopt);
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got.substr(sink_.got.size() - 9), "<control>");
}

TEST_F(OutboxTest, NeverDropsWhatIsCommitted) {
    put("under way");
    EXPECT_EQ(outbox_.drop_oldest(), std::nullopt);
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got, "<under way>");
}

TEST_F(OutboxTest, DropsAllDeliveriesAndTellsWhose) {
    fill();
    put("a", 1);
    put("c", 0);
    put("b", 2);
    std::vector<std::uint64_t> dropped;
    outbox_.drop_deliveries([&](std::uint64_t subscription) { dropped.push_back(subscription); });
    EXPECT_THAT(dropped, ElementsAre(1, 2));
    EXPECT_EQ(outbox_.bytes(), Outbox::kCommitWindow + 2 + 3);
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got.substr(sink_.got.size() - 3), "<c>");
}

TEST_F(OutboxTest, AbandonsEverything) {
    fill();
    put("a", 1);
    put("c", 0);
    int dropped = 0;
    outbox_.abandon([&](std::uint64_t) { ++dropped; });
    EXPECT_EQ(dropped, 1) << "what was committed counts as delivered";
    EXPECT_TRUE(outbox_.empty());
    EXPECT_EQ(outbox_.control_bytes(), 0U);
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.writes, 0);
}

TEST_F(OutboxTest, RemembersWhenTheOldestWholeFrameCame) {
    fill();
    put("a");
    now_ += std::chrono::seconds(5);
    put("b");
    EXPECT_EQ(outbox_.oldest(), session::TimePoint{});
    outbox_.drop_oldest();
    EXPECT_EQ(outbox_.oldest(), now_);
}

// A blocked connection must not keep a read chunk of 256 KiB alive for one kilobyte of it.
TEST_F(OutboxTest, LetsGoOfAChunkOfWhichItNeedsLittle) {
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(ReactorBuffers::kReadChunkBytes));
    std::memset(chunk->data(), 'x', 1'024);
    outbox_.put({{}, {}, {chunk->data(), 1'024}, {}, &chunk}, 1, now_);
    EXPECT_FALSE(chunk->unique());
    sink_.room = 10;
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::again);
    EXPECT_TRUE(chunk->unique());
    std::memset(chunk->data(), '!', 1'024);
    sink_.room = 2'000;
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_EQ(sink_.got, std::string(1'024, 'x'));
}

TEST_F(OutboxTest, SplitsMoreVectorsThanTheKernelTakes) {
    std::string expected;
    std::vector<ChunkRef> chunks;
    for (int i = 0; i < 1'500; ++i) {
        chunks.push_back(ChunkRef::adopt(Chunk::create(kCopyBelow)));
        std::memset(chunks.back()->data(), 'a' + i % 26, kCopyBelow);
        const ByteView body(chunks.back()->data(), kCopyBelow);
        outbox_.put({"<", {}, body, ">", &chunks.back()}, 1, now_);
        expected += "<" + std::string(body) + ">";
    }
    EXPECT_EQ(outbox_.flush(sink_).status, IoResult::Status::done);
    EXPECT_TRUE(sink_.got == expected);
}

TEST(OutboxOfPackets, WritesEachFrameAsOnePacket) {
    ReactorBuffers buffers;
    Outbox outbox(buffers, true);
    Sink sink;
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(kCopyBelow));
    std::memset(chunk->data(), 'b', kCopyBelow);
    outbox.put({{}, "h1", "b1", {}, nullptr}, 1, {});
    outbox.put({{}, "h2", {chunk->data(), kCopyBelow}, {}, &chunk}, 1, {});
    EXPECT_TRUE(outbox.has_backlog()) << "a packet may be dropped until it is written";
    EXPECT_EQ(outbox.flush(sink).status, IoResult::Status::done);
    EXPECT_THAT(sink.packets, ElementsAre("h1b1", "h2" + std::string(kCopyBelow, 'b')));
    EXPECT_TRUE(outbox.empty());
}

TEST(OutboxOfPackets, DropsAnEmptyOneLikeAnyOther) {
    ReactorBuffers buffers;
    Outbox outbox(buffers, true);
    outbox.put({}, 1, {});
    outbox.put({{}, "h", {}, {}, nullptr}, 0, {});
    outbox.put({}, 2, {});
    std::vector<std::uint64_t> dropped;
    outbox.drop_deliveries([&](std::uint64_t subscription) { dropped.push_back(subscription); });
    EXPECT_THAT(dropped, ElementsAre(1, 2));
    EXPECT_EQ(outbox.bytes(), 1U);
}

// Any mix of frames, stream moods and drops: what is written is exactly what was put and not
// dropped, in order, and the accounts are right at every step.
TEST(OutboxModel, WritesWhatWasPutAndNotDropped) {
    for (unsigned seed = 0; seed < 30; ++seed) {
        std::mt19937 random(seed);
        ReactorBuffers buffers;
        Outbox outbox(buffers, false);
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
            outbox.put(
                {"[", head, {chunk->data(), size}, "]", owned ? &chunk : nullptr},
                control ? 0 : index_of.size(),
                {}
            );
            expected.push_back("[" + head + std::string(chunk->data(), size) + "]");
            waiting += expected.back().size();
            sink.room = random() % 3 == 0 ? random() % 300'000 : 0;
            const std::size_t before = sink.got.size();
            (void)outbox.flush(sink);
            waiting -= sink.got.size() - before;
            const auto whose = random() % 5 == 0 ? outbox.drop_oldest() : std::nullopt;
            if (whose) {
                std::string& victim = expected[index_of[*whose - 1]];
                waiting -= victim.size();
                victim.clear();
            }
            ASSERT_EQ(outbox.bytes(), waiting);
        }
        sink.room = std::numeric_limits<std::size_t>::max();
        EXPECT_EQ(outbox.flush(sink).status, IoResult::Status::done);
        std::string all;
        for (const std::string& frame : expected) {
            all += frame;
        }
        ASSERT_TRUE(sink.got == all) << "seed " << seed;
    }
}

}  // namespace
}  // namespace telex::server
