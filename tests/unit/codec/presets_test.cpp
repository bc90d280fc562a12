#include "codec/frame_error.hpp"
#include "codec/framing.hpp"
#include "codec/framing_names.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

#include <set>

namespace telex::codec {
namespace {

using ::testing::HasSubstr;

TEST(Presets, EachParsesAndIsValid) {
    for (const PresetInfo& info : presets()) {
        const std::string name = info.name == "fixed:N" ? "fixed:128" : std::string(info.name);
        const auto framing = parse_preset(name);
        ASSERT_TRUE(framing) << name;
        EXPECT_EQ(validate(*framing), std::nullopt) << name;
        EXPECT_FALSE(info.doc.empty());
    }
}

TEST(Presets, AreDistinct) {
    const auto names = test::stream_presets();
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            EXPECT_NE(test::preset(names[i]), test::preset(names[j]));
        }
    }
}

TEST(Presets, DefaultLimitFitsTheLengthField) {
    EXPECT_EQ(test::preset("u8").max_frame_bytes, 255U);
    EXPECT_EQ(test::preset("u16le").max_frame_bytes, 65'535U);
    EXPECT_EQ(test::preset("u24be").max_frame_bytes, kDefaultMaxFrameBytes);
    EXPECT_EQ(test::preset("lines").max_frame_bytes, kDefaultMaxFrameBytes);
    EXPECT_EQ(test::preset("fixed:128").max_frame_bytes, 128U);
}

TEST(Presets, UnknownNameListsTheAllowedOnes) {
    const auto refused = parse_preset("u16");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error(), HasSubstr("unknown framing 'u16'"));
    for (const PresetInfo& info : presets()) {
        EXPECT_THAT(refused.error(), HasSubstr(std::string(info.name)));
    }
}

TEST(Presets, FixedNeedsAPlainSize) {
    EXPECT_EQ(parse_preset("fixed:7").value().fixed_bytes, 7U);
    for (const std::string_view text :
         {"fixed:",
          "fixed:0",
          "fixed:-1",
          "fixed:+1",
          "fixed: 1",
          "fixed:1x",
          "fixed:0x10",
          "fixed:99999999999",
          "fixed:18446744073709551617",
          "fixed",
          "fixed:N"}) {
        EXPECT_FALSE(parse_preset(text)) << text;
    }
}

TEST(Presets, ProtobufDelimitedIsTheDefault) {
    EXPECT_EQ(Framing{}, test::preset("protobuf-delimited"));
}

TEST(FrameErrors, HaveDistinctNames) {
    std::set<std::string_view> names;
    for (const FrameError error : kAllFrameErrors) {
        names.insert(name_of(error));
    }
    EXPECT_EQ(names.size(), kAllFrameErrors.size());
    EXPECT_EQ(name_of(FrameError::delimiter_in_payload), "delimiter_in_payload");
}

TEST(KnobNames, CoverEveryValueInOrder) {
    const auto in_order = [](const auto& names) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            EXPECT_EQ(static_cast<std::size_t>(names[i].value), i) << names[i].name;
        }
    };
    in_order(kFramingKindNames);
    in_order(kLengthEncodingNames);
    in_order(kByteOrderNames);
    in_order(kLengthCountsNames);
    in_order(kAtEofNames);
    in_order(kEmptyFramesNames);
    in_order(kOversizeNames);
    in_order(kStuffingNames);
    in_order(kSyslogWriteNames);
    in_order(kFirstLineNames);
    in_order(kWithoutLengthNames);
    in_order(kValueFormatNames);
}

}  // namespace
}  // namespace telex::codec
