#include "websocket/wire.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::websocket {
namespace {

using namespace std::string_literals;

std::string head(std::uint64_t payload) {
    return std::string(make_head(Opcode::binary, payload).view());
}

TEST(WebSocketHead, HasTheShortestLength) {
    EXPECT_EQ(head(0), "\x82\0"s);
    EXPECT_EQ(head(125), "\x82\x7D");
    EXPECT_EQ(head(126), "\x82\x7E\0\x7E"s);
    EXPECT_EQ(head(65'535), "\x82\x7E\xFF\xFF");
    EXPECT_EQ(head(65'536), "\x82\x7F\0\0\0\0\0\x01\0\0"s);
}

TEST(WebSocketHead, IsReadAsWritten) {
    for (const std::uint64_t size : {0ULL, 125ULL, 126ULL, 65'535ULL, 65'536ULL, 1ULL << 40U}) {
        const std::string bytes = head(size);
        EXPECT_EQ(head_bytes(static_cast<std::uint8_t>(bytes[1])), bytes.size());
        EXPECT_EQ(length_in(bytes), size);
    }
}

TEST(CloseCode, MayBeOneOfTheStandardOrFree) {
    for (const unsigned code : {1000U, 1003U, 1007U, 1011U, 1014U, 3000U, 4999U}) {
        EXPECT_TRUE(may_be_received(static_cast<std::uint16_t>(code))) << code;
    }
    for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 2999U, 5000U, 65'535U}) {
        EXPECT_FALSE(may_be_received(static_cast<std::uint16_t>(code))) << code;
    }
}

TEST(CloseFrame, HasCodeAndReason) {
    EXPECT_EQ(make_close(1001, "bye"), "\x88\x05\x03\xE9"s + "bye");
    EXPECT_EQ(make_close(1005, "never sent"), "\x88\0"s);
}

TEST(CloseFrame, CutsItsReasonBetweenCharacters) {
    const std::string reason = std::string(122, 'a') + "\u00E4";
    EXPECT_EQ(make_close(1000, reason), "\x88\x7C\x03\xE8"s + std::string(122, 'a'));
}

}  // namespace
}  // namespace telex::websocket
