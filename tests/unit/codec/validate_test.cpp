// Impossible combinations are refused when the configuration is loaded.
#include "codec/framing.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <limits>

namespace telex::codec {
namespace {

using test::preset;
using ::testing::HasSubstr;

// The preset with one change is refused with these words.
void expect_refused(
    std::string_view name, const std::function<void(Framing&)>& change, const std::string& words
) {
    Framing framing = preset(name);
    change(framing);
    const auto problem = validate(framing);
    ASSERT_TRUE(problem) << words;
    EXPECT_THAT(*problem, HasSubstr(words));
}

TEST(Validate, LimitBeyondTheLengthField) {
    expect_refused("u8", [](Framing& f) { f.max_frame_bytes = 256; }, "can express 255 at most");
    expect_refused(
        "u16be",
        [](Framing& f) {
            f.length.counts = LengthCounts::frame;
            f.max_frame_bytes = 65'534;
        },
        "can express 65533 at most"
    );
    expect_refused("u8", [](Framing& f) { f.max_encode_bytes = 256; }, "max_encode is 256 bytes");
    expect_refused("netstring", [](Framing& f) { f.length.width = 3; }, "can express 999 at most");
    expect_refused(
        "protobuf-delimited", [](Framing& f) { f.length.width = 2; }, "can express 16383 at most"
    );
}

TEST(Validate, ZeroIsNeverUnlimited) {
    expect_refused("lines", [](Framing& f) { f.max_frame_bytes = 0; }, "max_frame must be 1 to");
    expect_refused("lines", [](Framing& f) { f.max_encode_bytes = 0; }, "max_encode must be 1 to");
    expect_refused(
        "lines",
        [](Framing& f) {
            f.oversize = Oversize::discard;
            f.discard_budget = 0;
        },
        "discard_budget"
    );
}

TEST(Validate, LimitBeyondTheCeiling) {
    for (const std::string& name : test::stream_presets()) {
        Framing framing = preset(name);
        framing.max_frame_bytes = kMaxFrameBytesCeiling + 1;
        EXPECT_TRUE(validate(framing)) << name;
        framing.max_frame_bytes = std::numeric_limits<std::size_t>::max();
        EXPECT_TRUE(validate(framing)) << name;
    }
}

TEST(Validate, LengthFieldKnobs) {
    expect_refused("u32be", [](Framing& f) { f.length.width = 9; }, "must be 1 to 8 bytes, not 9");
    expect_refused("u32be", [](Framing& f) { f.length.width = 0; }, "must be 1 to 8 bytes, not 0");
    expect_refused("netstring", [](Framing& f) { f.length.width = 20; }, "1 to 19 digits");
    expect_refused("u32be", [](Framing& f) { f.length.terminator = ":"; }, "decimal and hex");
    expect_refused("netstring", [](Framing& f) { f.length.terminator = "0:"; }, "digit");
    expect_refused("u32be", [](Framing& f) { f.length.canonical = false; }, "canonical");
    expect_refused(
        "netstring", [](Framing& f) { f.length.order = ByteOrder::little; }, "binary length only"
    );
    expect_refused(
        "netstring", [](Framing& f) { f.length.counts = LengthCounts::frame; }, "the body only"
    );
    expect_refused(
        "netstring",
        [](Framing& f) {
            f.length.encoding = LengthEncoding::hex;
            f.length.terminator = "a";
        },
        "must not begin with a digit"
    );
    expect_refused(
        "netstring",
        [](Framing& f) {
            f.length.encoding = LengthEncoding::hex;
            f.length.width = 17;
        },
        "1 to 16 digits"
    );
    expect_refused("u32be", [](Framing& f) { f.length.at = 4'093; }, "at most 4096");
    expect_refused(
        "u32be",
        [](Framing& f) {
            f.length.head = "ZBXD";
            f.length.at = 3;
        },
        "inside of length.head"
    );
    expect_refused(
        "u32be",
        [](Framing& f) {
            f.length.head = std::string(17, 'x');
            f.length.at = 17;
        },
        "length.head has more than 16 bytes"
    );
    expect_refused(
        "netstring", [](Framing& f) { f.length.terminator = std::string(17, ':'); }, "more than 16"
    );
    expect_refused("u32be", [](Framing& f) { f.length.adjust = 65'536; }, "length.adjust");
    expect_refused("u8", [](Framing& f) { f.length.adjust = -256; }, "no value");
    expect_refused(
        "u32be", [](Framing& f) { f.length.trailer = std::string(17, 'x'); }, "length.trailer"
    );
    expect_refused(
        "u32be",
        [](Framing& f) {
            f.length.keep_head = true;
            f.max_frame_bytes = 3;
        },
        "keep_head"
    );
}

TEST(Validate, DelimitersThatCannotMatch) {
    const auto with = [](std::vector<std::string> ends) {
        return [ends = std::move(ends)](Framing& f) { f.delimiter.ends = ends; };
    };
    expect_refused("lines", with({}), "1 to 8");
    expect_refused("lines", with({""}), "1 to 16 bytes");
    expect_refused("lines", with({std::string(17, 'x')}), "1 to 16 bytes");
    expect_refused("lines", with({"\n", "\n"}), "can never match");
    expect_refused("lines", with({"ab", "abc"}), "delimiter.end[1] can never match");
    expect_refused("lines", with({"xaby", "ab"}), "delimiter.end[0] can never match");
    Framing framing = preset("lines");
    framing.delimiter.ends = {"\n", "\r\n"};  // the longer ends with the shorter: both match
    EXPECT_EQ(validate(framing), std::nullopt);
}

TEST(Validate, ScaledLengths) {
    const auto refused = [](const std::function<void(LengthOptions&)>& change,
                            const std::string& words) {
        expect_refused("u32be", [&](Framing& f) { change(f.length); }, words);
    };
    refused([](auto& l) { l.unit = 0; }, "length.unit must be 1 to");
    refused([](auto& l) { l.unit = 4'097; }, "length.unit must be 1 to");
    refused([](auto& l) { l.align = 0; }, "length.align must be 1 to");
    refused([](auto& l) { l.align = 65; }, "length.align must be 1 to");
    refused([](auto& l) { l.head_size = 3; }, "ends before the length field");
    refused([](auto& l) { l.mask = "\x7F"; }, "length.mask must have as many bytes");
    refused([](auto& l) { l.mask = std::string(4, '\0'); }, "leave no bit");
    refused([](auto& l) { l.flags = std::string(4, '\xFF'); }, "leave no bit");
    refused(
        [](auto& l) {
            l.mask = "\x7F\xFF\xFF\xFF";
            l.flags = test::bytes({0x40, 0, 0, 0});
        },
        "length.flags has bits of length.mask"
    );
    refused(
        [](auto& l) {
            l.at = 2;
            l.padding_at = 1;
            l.padding_width = 2;
        },
        "length.padding_at must be in the head"
    );
    refused([](auto& l) { l.padding_width = 3; }, "length.padding_width");
    refused(
        [](auto& l) {
            l.align = 4;
            l.counts = LengthCounts::frame;
        },
        "padding"
    );
    expect_refused("netstring", [](Framing& f) { f.length.unit = 2; }, "binary length only");
}

TEST(Validate, StuffingKnobs) {
    expect_refused("slip", [](Framing& f) { f.checksum = Checksum::fcs16; }, "hdlc only");
    expect_refused(
        "cobs",
        [](Framing& f) {
            f.damaged = Damaged::discard;
            f.discard_budget = 0;
        },
        "discard_budget"
    );
}

TEST(Validate, OtherDelimiterKnobs) {
    expect_refused(
        "lines", [](Framing& f) { f.delimiter.start = std::string(17, 'x'); }, "delimiter.start"
    );
    expect_refused("syslog", [](Framing& f) { f.delimiter.start = "<"; }, "delimiter.start");
    expect_refused("lines", [](Framing& f) { f.delimiter.write = ""; }, "delimiter.write");
    expect_refused(
        "crlf",
        [](Framing& f) {
            f.delimiter.keep = true;
            f.max_frame_bytes = 2;
        },
        "delimiter.keep"
    );
    expect_refused("syslog", [](Framing& f) { f.delimiter.keep = true; }, "syslog");
    expect_refused("syslog", [](Framing& f) { f.delimiter.ends = {"0"}; }, "digit");
}

TEST(Validate, Trim) {
    expect_refused("syslog", [](Framing& f) { f.trim = {""}; }, "each trim must be 1 to 16 bytes");
    expect_refused(
        "syslog", [](Framing& f) { f.trim = {std::string(17, 'x')}; }, "each trim must be 1 to 16"
    );
    expect_refused("syslog", [](Framing& f) { f.trim.assign(9, "\n"); }, "at most 8");
    expect_refused(
        "u32be",
        [](Framing& f) {
            f.length.keep_head = true;
            f.trim = {"\n"};
        },
        "impossible with length.keep_head"
    );
}

TEST(Validate, FixedSizeOverItsLimits) {
    expect_refused("fixed:5", [](Framing& f) { f.max_frame_bytes = 4; }, "over the limit");
    expect_refused("fixed:5", [](Framing& f) { f.max_encode_bytes = 4; }, "over the limit");
    expect_refused("fixed:5", [](Framing& f) { f.fixed_bytes = 0; }, "fixed frame size");
}

TEST(Validate, LargestPayloadSaturates) {
    Framing framing = preset("u64be");
    framing.length.adjust = 8;
    EXPECT_EQ(largest_payload(framing), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(default_max_frame_bytes(framing), kDefaultMaxFrameBytes);
}

}  // namespace
}  // namespace telex::codec
