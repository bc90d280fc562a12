// The bytes of every preset, both ways. docs/framing.md shows the same bytes.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace telex::codec {
namespace {

using test::bytes;
using test::preset;

struct Golden {
    std::string_view framing;
    std::string payload;
    std::string wire;
};

std::string run(std::size_t size, char byte) {
    return std::string(size, byte);
}

std::string count_up(int from, int to) {
    std::string out;
    for (int value = from; value <= to; ++value) {
        out.push_back(static_cast<char>(value));
    }
    return out;
}

std::vector<Golden> golden_vectors() {
    return {
        {"protobuf-delimited", "hello", bytes({5}) + "hello"},
        {"protobuf-delimited", "", bytes({0})},
        {"protobuf-delimited", run(127, 'x'), bytes({0x7F}) + run(127, 'x')},
        {"protobuf-delimited", run(128, 'x'), bytes({0x80, 0x01}) + run(128, 'x')},
        {"protobuf-delimited", run(300, 'x'), bytes({0xAC, 0x02}) + run(300, 'x')},
        {"protobuf-delimited", run(16'384, 'x'), bytes({0x80, 0x80, 0x01}) + run(16'384, 'x')},
        {"u8", "hello", bytes({5}) + "hello"},
        {"u8", "", bytes({0})},
        {"u8", run(255, 'x'), bytes({0xFF}) + run(255, 'x')},
        {"u16be", "hello", bytes({0, 5}) + "hello"},
        {"u16be", run(258, 'x'), bytes({1, 2}) + run(258, 'x')},
        {"u16be", run(65'535, 'x'), bytes({0xFF, 0xFF}) + run(65'535, 'x')},
        {"u16le", "hello", bytes({5, 0}) + "hello"},
        {"u16le", run(258, 'x'), bytes({2, 1}) + run(258, 'x')},
        {"u24be", "hello", bytes({0, 0, 5}) + "hello"},
        {"u24be", run(66'051, 'x'), bytes({1, 2, 3}) + run(66'051, 'x')},
        {"u24le", "hello", bytes({5, 0, 0}) + "hello"},
        {"u24le", run(66'051, 'x'), bytes({3, 2, 1}) + run(66'051, 'x')},
        {"u32be", "hello", bytes({0, 0, 0, 5}) + "hello"},
        {"u32be", run(66'051, 'x'), bytes({0, 1, 2, 3}) + run(66'051, 'x')},
        {"u32le", "hello", bytes({5, 0, 0, 0}) + "hello"},
        {"u32le", run(66'051, 'x'), bytes({3, 2, 1, 0}) + run(66'051, 'x')},
        {"u64be", "hello", bytes({0, 0, 0, 0, 0, 0, 0, 5}) + "hello"},
        {"u64be", run(66'051, 'x'), bytes({0, 0, 0, 0, 0, 1, 2, 3}) + run(66'051, 'x')},
        {"u64le", "hello", bytes({5, 0, 0, 0, 0, 0, 0, 0}) + "hello"},
        {"u64le", run(66'051, 'x'), bytes({3, 2, 1, 0, 0, 0, 0, 0}) + run(66'051, 'x')},
        {"netstring", "hello world!", "12:hello world!,"},
        {"netstring", "", "0:,"},
        {"lines", "hello", "hello\n"},
        {"lines", "", "\n"},
        {"crlf", "hello", "hello\r\n"},
        {"crlf", "a\rb\nc", "a\rb\nc\r\n"},
        {"nul", "hello", bytes({'h', 'e', 'l', 'l', 'o', 0})},
        {"syslog", "<34>1 - - - - - - hi", "20 <34>1 - - - - - - hi"},
        {"syslog", "7 dwarfs", "8 7 dwarfs"},
        {"cobs", "", bytes({1, 0})},
        {"cobs", "hello", bytes({6}) + "hello" + bytes({0})},
        {"cobs", bytes({0}), bytes({1, 1, 0})},
        {"cobs", bytes({0, 0}), bytes({1, 1, 1, 0})},
        {"cobs", bytes({0x11, 0x22, 0, 0x33}), bytes({3, 0x11, 0x22, 2, 0x33, 0})},
        {"cobs", bytes({0x11, 0, 0, 0}), bytes({2, 0x11, 1, 1, 1, 0})},
        {"cobs", count_up(1, 254), bytes({0xFF}) + count_up(1, 254) + bytes({0})},
        {"cobs", count_up(0, 254), bytes({1, 0xFF}) + count_up(1, 254) + bytes({0})},
        {"cobs", count_up(1, 255), bytes({0xFF}) + count_up(1, 254) + bytes({2, 0xFF, 0})},
        {"cobs", count_up(2, 255) + bytes({0}), bytes({0xFF}) + count_up(2, 255) + bytes({1, 1, 0})
        },
        {"cobs",
         count_up(3, 255) + bytes({0, 1}),
         bytes({0xFE}) + count_up(3, 255) + bytes({2, 1, 0})},
        {"slip", "hello", bytes({0xC0}) + "hello" + bytes({0xC0})},
        {"slip", bytes({1, 0xC0, 2}), bytes({0xC0, 1, 0xDB, 0xDC, 2, 0xC0})},
        {"slip", bytes({0xDB}), bytes({0xC0, 0xDB, 0xDD, 0xC0})},
        {"slip", bytes({0xC0, 0xDB, 0xDC}), bytes({0xC0, 0xDB, 0xDC, 0xDB, 0xDD, 0xDC, 0xC0})},
        {"hdlc", "hello", "~hello~"},
        {"mllp", "hello", bytes({0x0B}) + "hello" + bytes({0x1C, 0x0D})},
        {"json-seq", "[1]", bytes({0x1E}) + "[1]\n"},
        {"tpkt", "hello", bytes({3, 0, 0, 9}) + "hello"},
        {"hdlc",
         bytes({0xFF, 3, 0xC0, 0x21, 0x7E}),
         bytes({0x7E, 0xFF, 3, 0xC0, 0x21, 0x7D, 0x5E, 0x7E})},
        {"hdlc", "a}b", "~a" + bytes({0x7D, 0x5D}) + "b~"},
        {"kiss", bytes({0}) + "hello", bytes({0xC0, 0}) + "hello" + bytes({0xC0})},
        {"smtp-data", "hello", "hello\r\n.\r\n"},
        {"smtp-data", "", ".\r\n"},
        {"smtp-data", "a\r\n", "a\r\n\r\n.\r\n"},
        {"smtp-data", ".\r\n..\r\nb.c", "..\r\n...\r\nb.c\r\n.\r\n"},
        {"dle", "hello", bytes({0x10, 2}) + "hello" + bytes({0x10, 3})},
        {"dle", "", bytes({0x10, 2, 0x10, 3})},
        {"dle", bytes({0x10, 3, 0x10}), bytes({0x10, 2, 0x10, 0x10, 3, 0x10, 0x10, 0x10, 3})},
        {"modbus-tcp", bytes({0, 1, 0, 0, 0, 2, 17, 7}), bytes({0, 1, 0, 0, 0, 2, 17, 7})},
        {"dns", "hello", bytes({0, 5}) + "hello"},
        {"native-messaging", "{}", bytes({2, 0, 0, 0}) + "{}"},
        {"oncrpc", "hello", bytes({0x80, 0, 0, 5}) + "hello"},
        {"oncrpc", "", bytes({0x80, 0, 0, 0})},
        {"fix",
         "8=FIX.4.4\x01"
         "9=5\x01"
         "35=0\x01"
         "10=163\x01",
         "8=FIX.4.4\x01"
         "9=5\x01"
         "35=0\x01"
         "10=163\x01"},
        {"fix",
         "8=FIX.4.2\x01"
         "9=0005\x01"
         "35=0\x01"
         "10=163\x01",
         "8=FIX.4.2\x01"
         "9=0005\x01"
         "35=0\x01"
         "10=163\x01"},
        {"http", "hello", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
        {"http", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {"lsp", "{}", "Content-Length: 2\r\n\r\n{}"},
        {"sip", "ACK sip:a SIP/2.0\r\nl: 2\r\n\r\nhi", "ACK sip:a SIP/2.0\r\nl: 2\r\n\r\nhi"},
        {"stomp", "SEND\n\nhello", "SEND\n\nhello" + bytes({0})},
        {"json", R"({"a":[1,"}"]})", "{\"a\":[1,\"}\"]}\n"},
        {"json", "12", "12\n"},
        {"msgpack", bytes({0x92, 0xA2}) + "hi" + bytes({5}), bytes({0x92, 0xA2}) + "hi" + bytes({5})
        },
        {"cbor", bytes({0x82, 0x62}) + "hi" + bytes({5}), bytes({0x82, 0x62}) + "hi" + bytes({5})},
        {"resp", "+PONG\r\n", "+PONG\r\n"},
        {"resp", "*1\r\n$4\r\nPING\r\n", "*1\r\n$4\r\nPING\r\n"},
        {"postgresql", "Z" + bytes({0, 0, 0, 5}) + "I", "Z" + bytes({0, 0, 0, 5}) + "I"},
        {"amqp", bytes({1, 0, 0, 0, 0, 0, 2}) + "hi", bytes({1, 0, 0, 0, 0, 0, 2}) + "hi\xCE"},
        {"fixed:5", "hello", "hello"},
        {"datagram", "hello", "hello"},
    };
}

TEST(GoldenVectors, AreWrittenExactly) {
    for (const Golden& golden : golden_vectors()) {
        SCOPED_TRACE(std::string(golden.framing) + " " + std::to_string(golden.payload.size()));
        std::string wire = "before";
        ASSERT_TRUE(make_encoder(preset(golden.framing))->encode(golden.payload, wire));
        EXPECT_EQ(wire, "before" + golden.wire);
    }
}

TEST(GoldenVectors, AreReadExactly) {
    for (const Golden& golden : golden_vectors()) {
        SCOPED_TRACE(std::string(golden.framing) + " " + std::to_string(golden.payload.size()));
        const auto result = test::drive_whole(preset(golden.framing), golden.wire);
        EXPECT_THAT(result.outcome.frames, testing::ElementsAre(golden.payload));
        EXPECT_EQ(result.outcome.error, std::nullopt);
        EXPECT_EQ(result.buffered, 0U);
    }
}

TEST(GoldenVectors, WrappingGivesTheSameBytes) {
    std::size_t wrapped = 0;
    for (const Golden& golden : golden_vectors()) {
        SCOPED_TRACE(std::string(golden.framing) + " " + std::to_string(golden.payload.size()));
        const auto encoder = make_encoder(preset(golden.framing));
        Wrapping wrapping;
        const auto result = encoder->wrap(golden.payload.size(), wrapping);
        ASSERT_TRUE(result);
        if (*result) {
            ++wrapped;
            const std::string head(wrapping.head());
            EXPECT_EQ(head + golden.payload + std::string(wrapping.tail), golden.wire);
        }
    }
    EXPECT_GT(wrapped, 20U);
}

TEST(GoldenVectors, EveryPresetHasOne) {
    for (const PresetInfo& info : presets()) {
        const auto vectors = golden_vectors();
        EXPECT_TRUE(std::ranges::any_of(vectors, [&](const Golden& golden) {
            return golden.framing == info.name ||
                   (info.name == "fixed:N" && golden.framing.starts_with("fixed:"));
        })) << info.name;
    }
}

// Encodings that other programs write and telex does not.
TEST(GoldenVectors, OtherNotationsAreRead) {
    EXPECT_THAT(
        test::drive_whole(preset("lines"), "a\r\nb\nc").outcome.frames,
        testing::ElementsAre("a", "b", "c")
    );
    EXPECT_THAT(
        test::drive_whole(preset("slip"), bytes({'a', 0xC0, 0xC0, 'b', 0xC0})).outcome.frames,
        testing::ElementsAre("a", "b")
    );
    EXPECT_THAT(
        test::drive_whole(preset("hdlc"), "~" + bytes({0x7D, 0x23}) + "a~b~").outcome.frames,
        testing::ElementsAre(bytes({3}) + "a", "b")
    );
    EXPECT_THAT(
        test::drive_whole(preset("syslog"), "9 7 dwarfs\n<1>a\r\n<2>b" + bytes({0})).outcome.frames,
        testing::ElementsAre("7 dwarfs", "<1>a", "<2>b")
    );
    const std::string original_cobs = bytes({0xFF}) + count_up(1, 254) + bytes({1, 0});
    EXPECT_THAT(
        test::drive_whole(preset("cobs"), original_cobs).outcome.frames,
        testing::ElementsAre(count_up(1, 254))
    );
}

}  // namespace
}  // namespace telex::codec
