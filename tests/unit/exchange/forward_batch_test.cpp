#include "exchange/forward_batch.hpp"

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

}  // namespace
}  // namespace telex::exchange
