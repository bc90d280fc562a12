// Binary length fields with flags, other units, longer heads and padding.
#include "support/framing_checks.hpp"

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::expect_both_ways;
using test::preset;
using test::written;
using ::testing::ElementsAre;

// ONC RPC's record marking, RFC 5531 section 11: the highest bit says "last fragment".
TEST(LengthMask, LeavesOutTheFlagsThatAreWritten) {
    Framing framing = preset("u32be");
    framing.length.mask = bytes({0x7F, 0xFF, 0xFF, 0xFF});
    framing.length.flags = bytes({0x80, 0, 0, 0});
    framing.max_frame_bytes = 100;
    expect_both_ways(framing, "call", bytes({0x80, 0, 0, 4}) + "call");
    EXPECT_THAT(
        drive_pieces(framing, bytes({0, 0, 0, 1}) + "a", 1).outcome.frames, ElementsAre("a")
    );
}

TEST(LengthMask, IsWhatTheFlagsLeave) {
    Framing framing = preset("u16le");
    framing.length.flags = bytes({0, 0x80});
    framing.max_frame_bytes = default_max_frame_bytes(framing);
    EXPECT_EQ(framing.max_frame_bytes, 0x7FFFU);
    expect_both_ways(framing, "abc", bytes({3, 0x80}) + "abc");
}

TEST(LengthMask, RefusesALengthThatNeedsABitOfTheFlags) {
    Framing framing = preset("u8");
    framing.length.flags = bytes({0x10});
    framing.max_frame_bytes = default_max_frame_bytes(framing);
    EXPECT_EQ(encode_error(framing, std::string(16, 'x')), FrameError::unrepresentable);
    expect_both_ways(framing, std::string(15, 'x'), bytes({0x1F}) + std::string(15, 'x'));
}

// RTCM 3: D3, six reserved bits, ten bits of length, body, three bytes of checksum.
TEST(LengthMask, OfTenBits) {
    Framing framing = preset("u16be");
    framing.length.head = bytes({0xD3});
    framing.length.at = 1;
    framing.length.mask = bytes({3, 0xFF});
    framing.length.adjust = 3;
    framing.max_frame_bytes = default_max_frame_bytes(framing);
    EXPECT_EQ(framing.max_frame_bytes, 1'026U);
    expect_both_ways(framing, "bodycrc", bytes({0xD3, 0, 4}) + "bodycrc");
    EXPECT_THAT(
        drive_pieces(framing, bytes({0xD3, 0xFC, 4}) + "bodycrc", 1).outcome.frames,
        ElementsAre("bodycrc")
    );
}

TEST(LengthMask, WithHolesRefusesWhatItCannotExpress) {
    Framing framing = preset("u8");
    framing.length.mask = bytes({0xF0});
    framing.max_frame_bytes = default_max_frame_bytes(framing);
    EXPECT_EQ(framing.max_frame_bytes, 0xF0U);
    expect_both_ways(framing, std::string(16, 'x'), bytes({0x10}) + std::string(16, 'x'));
    EXPECT_EQ(encode_error(framing, "abc"), FrameError::unrepresentable);
}

// RTCP, RFC 3550: words of four bytes, without the first one.
TEST(LengthUnit, CountsWords) {
    Framing framing = preset("u16be");
    framing.length.at = 2;
    framing.length.unit = 4;
    framing.max_frame_bytes = default_max_frame_bytes(framing);
    EXPECT_EQ(framing.max_frame_bytes, 65'535U * 4);
    expect_both_ways(framing, "12345678", bytes({0, 0, 0, 2}) + "12345678");
    EXPECT_EQ(encode_error(framing, "123"), FrameError::unrepresentable);
    framing.length.keep_head = true;
    framing.max_frame_bytes = 100;
    const std::string report = bytes({0x80, 200, 0, 1}) + "ssrc";
    expect_both_ways(framing, report, report);
    EXPECT_EQ(encode_error(framing, report + "more"), FrameError::bad_length);
}

TEST(LengthUnit, OverflowIsABadLength) {
    Framing framing = preset("u64be");
    framing.length.unit = 4;
    EXPECT_EQ(error_of(framing, std::string(8, '\xFF')), FrameError::bad_length);
}

// FastCGI: version, type, request, two bytes of length, a byte of padding, a reserved byte.
Framing fastcgi() {
    Framing framing = preset("u16be");
    framing.length.at = 4;
    framing.length.head_size = 8;
    framing.length.padding_at = 6;
    framing.length.padding_width = 1;
    framing.max_frame_bytes = default_max_frame_bytes(framing);
    return framing;
}

TEST(LengthPadding, IsReadFromASecondField) {
    const Framing framing = fastcgi();
    expect_both_ways(framing, "abc", bytes({0, 0, 0, 0, 0, 3, 0, 0}) + "abc");
    const std::string padded = bytes({1, 4, 0, 1, 0, 3, 5, 0}) + "abc" + "     ";
    EXPECT_THAT(
        drive_pieces(framing, padded + padded, 1).outcome.frames, ElementsAre("abc", "abc")
    );
}

TEST(LengthPadding, OfAKeptHeadIsWrittenAgain) {
    Framing framing = fastcgi();
    framing.length.keep_head = true;
    const std::string record = bytes({1, 4, 0, 1, 0, 3, 5, 0}) + "abc";
    const std::string padded = record + std::string(5, '\0');
    expect_both_ways(framing, record, padded);
}

TEST(LengthPadding, FillsTheBodyToAMultiple) {
    Framing framing = preset("u32be");
    framing.length.align = 4;
    framing.length.trailer = ";";
    framing.max_frame_bytes = 100;
    expect_both_ways(framing, "abcd", bytes({0, 0, 0, 4}) + "abcd;");
    expect_both_ways(framing, "abcde", bytes({0, 0, 0, 5}) + "abcde" + bytes({0, 0, 0}) + ";");
    expect_both_ways(framing, "", bytes({0, 0, 0, 0}) + ";");
}

TEST(LengthPadding, IsDiscardedWithItsFrame) {
    Framing framing = preset("u8");
    framing.length.align = 4;
    framing.max_frame_bytes = 4;
    framing.oversize = Oversize::discard;
    const std::string stream = bytes({5}) + "abcde" + bytes({0, 0, 0, 4}) + "good";
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        const auto result = drive_pieces(framing, stream, piece);
        EXPECT_THAT(result.outcome.frames, ElementsAre("good"));
        EXPECT_EQ(result.outcome.lost, 1U);
    }
}

TEST(HeadSize, CountsWithTheField) {
    Framing framing = preset("u16be");
    framing.length.head_size = 4;
    framing.length.counts = LengthCounts::frame;
    framing.max_frame_bytes = 100;
    expect_both_ways(framing, "abc", bytes({0, 7, 0, 0}) + "abc");
    framing.length.counts = LengthCounts::from_field;
    framing.length.at = 1;
    expect_both_ways(framing, "abc", bytes({0, 0, 6, 0}) + "abc");
}

TEST(HeadSize, MayExceedWhatGatheredOutputHolds) {
    Framing framing = preset("u16be");
    framing.length.head_size = 48;
    EXPECT_EQ(written(framing, "abc"), bytes({0, 3}) + std::string(46, '\0') + "abc");
}

}  // namespace
}  // namespace telex::codec
