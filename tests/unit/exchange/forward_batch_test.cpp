#include "exchange/forward_batch.hpp"

#include "support/plain_message.hpp"
#include "support/running_exchange.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

class ForwardBatchTest : public ::testing::Test {
protected:
    static std::string encoded(std::string_view subject, std::string_view payload) {
        std::string body;
        wire::append_message(body, subject, payload);
        return body;
    }

    static ChosenMember chosen(const std::string& group) {
        const router::MemberFacts facts{.group = group};
        return {
            std::make_shared<router::MemberLoad>(facts, std::make_shared<router::ConnectionLoad>()),
            true,
            {}
        };
    }

    static std::vector<std::string> groups_of(ForwardBatch& batch, const ForwardedMessage& item) {
        std::vector<std::string> groups;
        for (const ChosenMember& chosen : batch.chosen(item)) {
            groups.push_back(chosen.member->facts().group);
        }
        return groups;
    }

    testing::RunningExchange running_{2};
    ForwardBatch batch_{running_.exchange().shard(0), running_.exchange().shard(1)};
};

TEST_F(ForwardBatchTest, KeepsWhatItWasGivenPastEveryArena) {
    for (int i = 0; i < 3'000; ++i) {
        std::string body = encoded("a." + std::to_string(i), std::string(100, 'x'));
        batch_.add(wire::scan_message(body).value(), nullptr, "_REPLY." + std::to_string(i));
        batch_.add_chosen(chosen("g" + std::to_string(i)));
        batch_.add_chosen(chosen("h"));
        body.assign(body.size(), '!');
    }
    ASSERT_EQ(batch_.items().size(), 3'000U);
    for (std::size_t i = 0; i < 3'000; ++i) {
        const ForwardedMessage& item = batch_.items()[i];
        ASSERT_EQ(item.message.subject, "a." + std::to_string(i));
        ASSERT_EQ(item.message.payload, std::string(100, 'x'));
        ASSERT_EQ(item.reply_to, "_REPLY." + std::to_string(i));
        ASSERT_EQ(
            groups_of(batch_, item), (std::vector<std::string>{"g" + std::to_string(i), "h"})
        );
    }
}

TEST_F(ForwardBatchTest, RefersToALargeBodyWithAnOwner) {
    const std::string body = encoded("a", std::string(kCopyBelow, 'x'));
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(body.size()));
    std::memcpy(chunk->data(), body.data(), body.size());
    const ByteView view(chunk->data(), body.size());
    const ForwardedMessage& item = batch_.add(wire::scan_message(view).value(), &chunk, {});
    EXPECT_EQ(item.message.body.data(), chunk->data());
    EXPECT_FALSE(chunk->unique());
    batch_.clear();
    EXPECT_TRUE(chunk->unique());
}

TEST_F(ForwardBatchTest, CopiesALargeBodyWithoutAnOwner) {
    std::string body = encoded("a", std::string(200'000, 'x'));
    const ForwardedMessage& item = batch_.add(wire::scan_message(body).value(), nullptr, {});
    EXPECT_NE(item.message.body.data(), body.data());
    EXPECT_EQ(item.message.payload.size(), 200'000U);
}

TEST_F(ForwardBatchTest, DoesNotWriteIntoAnArenaThatIsStillRead) {
    const std::string first = encoded("a", "first");
    batch_.add(wire::scan_message(first).value(), nullptr, {});
    const ChunkRef reader = batch_.items()[0].owner;
    const ByteView still_read = batch_.items()[0].message.body;
    batch_.clear();
    EXPECT_TRUE(batch_.empty());
    EXPECT_EQ(batch_.bytes(), 0U);
    const std::string second = encoded("b", "other");
    batch_.add(wire::scan_message(second).value(), nullptr, {});
    EXPECT_EQ(still_read, first);
}

TEST_F(ForwardBatchTest, ReusesItsArenaAfterTheLastReader) {
    const std::string body = encoded("a", "first");
    batch_.add(wire::scan_message(body).value(), nullptr, {});
    const char* place = batch_.items()[0].message.body.data();
    batch_.clear();
    batch_.add(wire::scan_message(body).value(), nullptr, {});
    EXPECT_EQ(batch_.items()[0].message.body.data(), place);
}

// Runs of encoded messages with the subject "a", one behind the other in a chunk.
class ForwardedRun {
public:
    explicit ForwardedRun(std::size_t messages) {
        std::string bodies;
        for (std::size_t i = 0; i < messages; ++i) {
            wire::append_message(bodies, "a", std::to_string(1'000 + i));
        }
        chunk_ = ChunkRef::adopt(Chunk::create(bodies.size()));
        std::memcpy(chunk_->data(), bodies.data(), bodies.size());
        for (std::size_t i = 0; i < messages; ++i) {
            const ByteView body(chunk_->data() + i * kBody, kBody);
            messages_.push_back(testing::plain_message(body, "a", body.substr(kBody - 4)));
        }
    }

    broker::PublicationRun run(const ChunkRef* owner) const { return {"a", messages_, owner}; }

    ChunkRef& chunk() { return chunk_; }

    // Requires that the messages are those of this run.
    static void expect_all(const broker::PublicationRun& found, std::size_t messages) {
        ASSERT_EQ(found.messages.size(), messages);
        for (std::size_t i = 0; i < messages; ++i) {
            ASSERT_EQ(found.message(i).subject, "a");
            ASSERT_EQ(found.message(i).payload, std::to_string(1'000 + i));
        }
    }

private:
    static constexpr std::size_t kBody = 9;
    ChunkRef chunk_;
    std::vector<wire::PlainMessage> messages_;
};

TEST_F(ForwardBatchTest, RefersToALongRunWithAnOwner) {
    ForwardedRun source(60);
    const ForwardedMessage& item = batch_.add_run(source.run(&source.chunk()));
    EXPECT_FALSE(source.chunk()->unique());
    EXPECT_EQ(batch_.run_of(item).messages[0].body.data(), source.chunk()->data());
    ForwardedRun::expect_all(batch_.run_of(item), 60);
    batch_.clear();
    EXPECT_TRUE(source.chunk()->unique());
}

TEST_F(ForwardBatchTest, CopiesAShortRunAndOneWithoutAnOwner) {
    ForwardedRun source(60);
    for (std::size_t i = 0; i < 300; ++i) {
        const bool owned = i % 2 == 0;
        const std::size_t messages = owned ? 1 + i % 40 : 60;
        (void)batch_.add_run(source.run(owned ? &source.chunk() : nullptr).first(messages));
    }
    EXPECT_TRUE(source.chunk()->unique());
    std::memset(source.chunk()->data(), '!', source.chunk()->capacity());
    ASSERT_EQ(batch_.items().size(), 300U);
    for (std::size_t i = 0; i < 300; ++i) {
        ForwardedRun::expect_all(batch_.run_of(batch_.items()[i]), i % 2 == 0 ? 1 + i % 40 : 60);
    }
}

}  // namespace
}  // namespace telex::exchange
