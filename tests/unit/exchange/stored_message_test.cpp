#include "exchange/stored_message.hpp"

#include "wire/writer.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace telex::exchange {
namespace {

std::string encoded(std::size_t payload_size) {
    std::string body;
    const std::string payload(payload_size, 'p');
    wire::append_message(
        body,
        {.subject = "a.b", .payload = payload, .reply = "r", .id = "7", .content_type = "text/plain"
        }
    );
    return body;
}

ChunkRef chunk_of(const std::string& bytes) {
    ChunkRef chunk = ChunkRef::adopt(Chunk::create(bytes.size()));
    std::memcpy(chunk->data(), bytes.data(), bytes.size());
    return chunk;
}

void expect_whole(const StoredMessage& stored, const std::string& body) {
    EXPECT_EQ(stored.body.bytes, body);
    EXPECT_EQ(stored.message.body, body);
    EXPECT_EQ(stored.message.body.data(), stored.body.bytes.data());
    EXPECT_EQ(stored.message.subject, "a.b");
    EXPECT_EQ(stored.message.reply, "r");
    EXPECT_EQ(stored.message.payload, wire::scan_message(body)->payload);
    EXPECT_EQ(stored.reply_to, "_REPLY.x");
}

TEST(StoredMessage, CopiesBytesWithoutAnOwner) {
    std::string body = encoded(2000);
    const std::string original = body;
    const auto stored = StoredMessage::keep(wire::scan_message(body).value(), nullptr, "_REPLY.x");
    body.assign(body.size(), '!');
    expect_whole(stored, original);
}

TEST(StoredMessage, CopiesASmallBodyInsteadOfKeepingItsChunk) {
    const std::string body = encoded(10);
    ChunkRef chunk = chunk_of(body);
    const ByteView view(chunk->data(), body.size());
    const auto stored = StoredMessage::keep(wire::scan_message(view).value(), &chunk, "_REPLY.x");
    EXPECT_TRUE(chunk->unique());
    chunk = {};
    expect_whole(stored, body);
}

TEST(StoredMessage, RefersToALargeBody) {
    const std::string body = encoded(kCopyBelow);
    ChunkRef chunk = chunk_of(body);
    const ByteView view(chunk->data(), body.size());
    const auto stored = StoredMessage::keep(wire::scan_message(view).value(), &chunk, "_REPLY.x");
    EXPECT_EQ(stored.body.bytes.data(), chunk->data());
    chunk = {};
    expect_whole(stored, body);
}

TEST(StoredMessage, IsDeliveredAsItCame) {
    const std::string body = encoded(10);
    const auto stored = StoredMessage::keep(wire::scan_message(body).value(), nullptr, "_REPLY.x");
    const broker::Delivery delivery = stored.delivery(9, 10);
    EXPECT_EQ(delivery.subscription, 9U);
    EXPECT_EQ(delivery.message.body, body);
    EXPECT_EQ(delivery.reply_to, "_REPLY.x");
    EXPECT_EQ(delivery.owner->get(), stored.body.owner.get());
}

TEST(Rebase, LeavesAbsentPartsAbsent) {
    std::string body;
    wire::append_message(body, "only.subject", "");
    const std::string moved = body;
    const auto message = rebase(wire::scan_message(body).value(), moved);
    EXPECT_EQ(message.subject, "only.subject");
    EXPECT_GE(message.subject.data(), moved.data());
    EXPECT_LT(message.subject.data(), moved.data() + moved.size());
    EXPECT_TRUE(message.payload.empty());
    EXPECT_TRUE(message.reply.empty());
}

TEST(Rebase, MovesEveryPart) {
    std::string body;
    wire::append_message(
        body,
        {.subject = "a.b", .payload = "p", .reply = "r", .header_block = "NATS/1.0\r\nA: 1\r\n\r\n"}
    );
    const std::string moved = body;
    const auto message = rebase(wire::scan_message(body).value(), moved);
    EXPECT_EQ(message.header_block, "NATS/1.0\r\nA: 1\r\n\r\n");
    for (const ByteView part : {message.payload, ByteView(message.reply), message.header_block}) {
        EXPECT_GE(part.data(), moved.data());
        EXPECT_LE(part.data() + part.size(), moved.data() + moved.size());
    }
}

}  // namespace
}  // namespace telex::exchange
