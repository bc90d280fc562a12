#include "cli/exit_code.hpp"
#include "cli/frames/decode.hpp"
#include "cli_testing.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

struct DecodeOutcome {
    int code;
    std::string text;

    bool operator==(const DecodeOutcome&) const = default;
};

DecodeOutcome decode(FrameDecodeOptions options, std::string_view preset, std::string bytes) {
    options.framing = *codec::parse_preset(preset);
    const MemoryFile file;
    Output output(file.fd());
    const int code = decode_frames(options, pieces_of(std::move(bytes), 3), output);
    return {code, file.text()};
}

TEST(FrameDecode, ShowsIndexOffsetLengthAndContent) {
    EXPECT_EQ(
        decode({}, "u8", "\x02hi\x03you"),
        (DecodeOutcome{kOk, "0      0          2        hi\n1      3          3        you\n"})
    );
}

TEST(FrameDecode, ShowsBinaryPayloadsAsDigits) {
    EXPECT_EQ(decode({}, "u8", "\x02\x01\xFF").text, "0      0          2        01ff\n");
}

TEST(FrameDecode, ShowsDigitsOrEscapedTextOnRequest) {
    EXPECT_EQ(
        decode({.content = Content::hex}, "u8", "\x02hi").text, "0      0          2        6869\n"
    );
    EXPECT_EQ(
        decode({.content = Content::text}, "u8", "\x02\x01h").text,
        "0      0          2        \\x01h\n"
    );
}

TEST(FrameDecode, WritesJsonLines) {
    EXPECT_EQ(
        decode({.format = Format::json}, "u8", "\x02hi\x01\xFF").text,
        "{\"index\":0,\"offset\":0,\"length\":2,\"text\":\"hi\"}\n"
        "{\"index\":1,\"offset\":3,\"length\":1,\"payload\":\"/w==\"}\n"
    );
}

TEST(FrameDecode, DecodesMessagesAndContinuesAfterAnInvalidOne) {
    const auto type = ProtoType::load({.type = "telex.v1.Ping"});
    ASSERT_TRUE(type);
    const std::string bytes = "\x02\x08\x07\x01\x08\x02\x08\x09";
    EXPECT_EQ(
        decode({.type = &*type}, "u8", bytes),
        (DecodeOutcome{
            kOk,
            "0      0          2        {\"nonce\":\"7\"}\n"
            "1      3          1        08  (not a valid telex.v1.Ping)\n"
            "2      5          2        {\"nonce\":\"9\"}\n"
        })
    );
    EXPECT_EQ(
        decode({.format = Format::json, .type = &*type}, "u8", "\x02\x08\x07").text,
        "{\"index\":0,\"offset\":0,\"length\":2,\"message\":{\"nonce\":\"7\"}}\n"
    );
}

TEST(FrameDecode, StopsWithBadDataAtAFramingError) {
    testing::internal::CaptureStderr();
    const DecodeOutcome outcome = decode({}, "u8", "\x02hi\x05yo");
    EXPECT_EQ(
        testing::internal::GetCapturedStderr(), "telex: frame: offset 3: truncated in frame 1\n"
    );
    EXPECT_EQ(outcome, (DecodeOutcome{kBadData, "0      0          2        hi\n"}));
}

}  // namespace
}  // namespace telex::cli
