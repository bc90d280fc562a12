#include "cli/exit_code.hpp"
#include "cli/frames/encode.hpp"
#include "cli_testing.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

struct EncodeOutcome {
    int code;
    std::string bytes;

    bool operator==(const EncodeOutcome&) const = default;
};

EncodeOutcome encode(FrameEncodeOptions options, std::string_view preset, std::string text) {
    options.framing = *codec::parse_preset(preset);
    const MemoryFile file;
    Output output(file.fd());
    const int code = encode_frames(options, pieces_of(std::move(text), 2), output);
    return {code, file.text()};
}

TEST(FrameEncode, EncodesEachLine) {
    EXPECT_EQ(encode({}, "netstring", "one\n\nthree"), (EncodeOutcome{kOk, "3:one,0:,5:three,"}));
}

TEST(FrameEncode, EncodesTheWholeInput) {
    EXPECT_EQ(encode({.whole = true}, "netstring", "a\nb\n"), (EncodeOutcome{kOk, "4:a\nb\n,"}));
}

TEST(FrameEncode, DecodesHexadecimalDigits) {
    EXPECT_EQ(encode({.hex = true}, "u8", "01 ff\n"), (EncodeOutcome{kOk, "\x02\x01\xFF"}));
}

TEST(FrameEncode, EncodesMessages) {
    const auto type = ProtoType::load({.type = "telex.v1.Ping"});
    ASSERT_TRUE(type);
    EXPECT_EQ(
        encode({.type = &*type}, "u8", "{\"nonce\":7}\n"), (EncodeOutcome{kOk, "\x02\x08\x07"})
    );
}

TEST(FrameEncode, StopsAtTheFirstPayloadThatIsTooLarge) {
    testing::internal::CaptureStderr();
    const EncodeOutcome outcome = encode({}, "u8", "ok\n" + std::string(300, 'x') + "\nlost\n");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "telex: frame: line 2: too_large\n");
    EXPECT_EQ(outcome, (EncodeOutcome{kBadData, "\x02ok"}));
}

TEST(FrameEncode, ReportsLineAndColumnOfInvalidDigits) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(encode({.hex = true}, "u8", "00\n0x\n").code, kBadData);
    EXPECT_EQ(
        testing::internal::GetCapturedStderr(),
        "telex: frame: line 2: column 1: expected two hexadecimal digits\n"
    );
}

}  // namespace
}  // namespace telex::cli
