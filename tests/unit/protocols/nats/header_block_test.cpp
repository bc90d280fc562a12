#include "protocols/nats/header_block.hpp"

#include "protocols/nats/message_writer.hpp"
#include "wire/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::session::nats {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr BlockLimits kMany{.max_headers = 100, .max_bytes = 1'000};

std::vector<std::string> headers_of(ByteView block) {
    std::vector<std::string> found;
    for (const wire::HeaderView& header : parse_block(block, kMany).headers) {
        found.push_back(std::string(header.name) + "=" + std::string(header.value));
    }
    return found;
}

// The block that a NATS client gets of a message with this block.
std::string carried(ByteView block) {
    std::string body;
    const auto message = write_message(
        body, {.subject = "a", .reply = "b", .header_block = block, .payload = "payload"}, kMany
    );
    EXPECT_EQ(message.subject, "a");
    EXPECT_EQ(message.reply, "b");
    EXPECT_EQ(message.payload, "payload");
    std::string out;
    append_block(out, message);
    return out;
}

TEST(HeaderBlock, LinesAreNamesAndValues) {
    const auto parsed =
        parse_block("NATS/1.0\r\nA: 1\r\nB: two words\r\nA: 2\r\nE: \r\n\r\n", kMany);
    EXPECT_TRUE(parsed.is_canonical);
    EXPECT_THAT(
        headers_of("NATS/1.0\r\nA: 1\r\nB: two words\r\nA: 2\r\nE: \r\n\r\n"),
        ElementsAre("A=1", "B=two words", "A=2", "E=")
    );
}

TEST(HeaderBlock, ReadsWhatIsUnusual) {
    EXPECT_THAT(headers_of("NATS/1.0\r\nA:1\r\nB:\t x \r\n\r\n"), ElementsAre("A=1", "B=x"));
    EXPECT_THAT(headers_of("NATS/1.0 503 No Responders\r\nA: 1\r\n\r\n"), ElementsAre("A=1"));
    EXPECT_THAT(headers_of("hello"), IsEmpty());
    EXPECT_THAT(
        headers_of("NATS/1.0\r\nno colon\r\n: x\r\nA: \xff\r\nB: 2\r\n\r\n"), ElementsAre("B=2")
    );
}

TEST(HeaderBlock, StopsAfterTheLimit) {
    const auto parsed = parse_block("NATS/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", {1, 100});
    EXPECT_EQ(parsed.headers.size(), 2U);
    EXPECT_FALSE(parsed.is_canonical);
}

TEST(HeaderBlock, OfTooManyBytesIsNotRead) {
    constexpr std::string_view kBlock = "NATS/1.0\r\nA: 1\r\n\r\n";
    EXPECT_EQ(parse_block(kBlock, {1, kBlock.size()}).headers.size(), 1U);
    const auto parsed = parse_block(kBlock, {1, kBlock.size() - 1});
    EXPECT_TRUE(parsed.headers.empty());
    EXPECT_FALSE(parsed.is_canonical);
}

TEST(HeaderBlock, EveryBlockComesOutAsItWentIn) {
    const std::vector<std::string> blocks = {
        "NATS/1.0\r\n\r\n",
        "NATS/1.0\r\nA: 1\r\n\r\n",
        "NATS/1.0\r\nA:1\r\n\r\n",
        "NATS/1.0\r\nA:  1\r\n\r\n",
        "NATS/1.0\r\nA: 1 \r\n\r\n",
        "NATS/1.0\r\nA b: 1\r\n\r\n",
        "NATS/1.0\r\nA: x\ny\r\n\r\n",
        "NATS/1.0\r\nA: 1\r\n",
        "NATS/1.0\r\nA: 1\r\n\r\nmore",
        "NATS/1.0\r\nA: 1\r\n\r\nB: 2\r\n\r\n",
        "NATS/1.0 503\r\n\r\n",
        "NATS/1.0\r\nA: \xff\r\n\r\n",
        "NATS/1.0\r\nA: 1\r\nA: \r\n\r\n",
        "hello",
        std::string("\0\r\n", 3),
    };
    for (const std::string& block : blocks) {
        EXPECT_EQ(carried(block), block);
    }
}

// Any block of up to seven of these pieces.
TEST(HeaderBlock, EveryCombinationComesOutAsItWentIn) {
    const std::vector<std::string> pieces = {"NATS/1.0", "\r\n", "A", ": ", ":", " ", "v"};
    std::size_t total = 1;
    for (int i = 0; i < 7; ++i) {
        total *= pieces.size();
    }
    for (std::size_t number = 0; number < total; number += 3) {
        std::string block = "NATS/1.0\r\n";
        for (std::size_t rest = number; rest != 0; rest /= pieces.size()) {
            block += pieces[rest % pieces.size()];
        }
        ASSERT_EQ(carried(block), block);
    }
}

TEST(HeaderBlock, HeadersOfOtherClientsCannotBreakTheBlock) {
    const std::vector<wire::HeaderView> headers = {
        {"A", "1"}, {"b c:d", "x\r\nB: y"}, {"", "\n"}, {"N", ""}
    };
    std::string body;
    wire::append_message(body, "a", "p", {}, headers);
    std::string out;
    append_block(out, wire::scan_message(body).value());
    EXPECT_EQ(out, "NATS/1.0\r\nA: 1\r\nb-c-d: x  B: y\r\n-:  \r\nN: \r\n\r\n");
}

}  // namespace
}  // namespace telex::session::nats
