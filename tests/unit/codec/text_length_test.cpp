// Lengths as digits, packed decimals and BER, and literals at the beginning of frames.
#include "support/framing_checks.hpp"

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::error_of;
using test::expect_both_ways;
using test::preset;
using test::with_length;
using test::written;
using ::testing::ElementsAre;

TEST(HexLength, OfFixedWidthIsPadded) {
    const Framing framing = with_length(LengthEncoding::hex, 4);
    expect_both_ways(framing, "host:version", "000chost:version");
    expect_both_ways(framing, "", "0000");
    EXPECT_EQ(default_max_frame_bytes(framing), 65'535U);
    EXPECT_THAT(
        drive_pieces(framing, "000Aabcdefghij", 1).outcome.frames, ElementsAre("abcdefghij")
    );
    EXPECT_EQ(error_of(framing, "00xxhost"), FrameError::bad_length);
    EXPECT_EQ(error_of(framing, "000"), FrameError::truncated);
}

TEST(HexLength, BeforeATerminatorIsAsShortAsPossible) {
    Framing framing = with_length(LengthEncoding::hex, 8);
    framing.length.terminator = "\r\n";
    framing.length.trailer = "\r\n";
    framing.max_frame_bytes = 100;
    expect_both_ways(framing, "hello chunk", "b\r\nhello chunk\r\n");
    EXPECT_EQ(error_of(framing, "0b\r\nhello chunk\r\n"), FrameError::bad_length);
    EXPECT_EQ(error_of(framing, "\r\n"), FrameError::bad_length);
    EXPECT_EQ(error_of(framing, "123456789"), FrameError::bad_length);
    framing.length.canonical = false;
    EXPECT_THAT(
        drive_pieces(framing, "000B\r\nhello chunk\r\n", 1).outcome.frames,
        ElementsAre("hello chunk")
    );
}

TEST(HexLength, MayCountTheWholeFrame) {
    Framing framing = with_length(LengthEncoding::hex, 4);
    framing.length.counts = LengthCounts::frame;
    framing.max_frame_bytes = 100;
    expect_both_ways(framing, "want", "0008want");
    EXPECT_EQ(error_of(framing, "0003"), FrameError::bad_length);
}

TEST(DecimalLength, OfFixedWidthIsPadded) {
    Framing framing = with_length(LengthEncoding::decimal, 4);
    expect_both_ways(framing, "0800822000000000", "00160800822000000000");
    EXPECT_EQ(framing.max_frame_bytes, 9'999U);
    EXPECT_EQ(error_of(framing, "00A6"), FrameError::bad_length);
    EXPECT_EQ(
        make_encoder(framing)->wrap(10'000, *std::make_unique<Wrapping>()).error(),
        FrameError::too_large
    );
}

TEST(BcdLength, HasTwoDigitsInEachByte) {
    const Framing framing = with_length(LengthEncoding::bcd, 2);
    EXPECT_EQ(framing.max_frame_bytes, 9'999U);
    expect_both_ways(framing, std::string(16, 'x'), bytes({0, 0x16}) + std::string(16, 'x'));
    expect_both_ways(
        framing, std::string(1'234, 'x'), bytes({0x12, 0x34}) + std::string(1'234, 'x')
    );
    EXPECT_EQ(error_of(framing, bytes({0, 0x1A})), FrameError::bad_length);
    EXPECT_EQ(error_of(framing, bytes({0xA0, 0})), FrameError::bad_length);
}

TEST(BerLength, HasAShortAndALongForm) {
    const Framing framing = with_length(LengthEncoding::ber, 4);
    expect_both_ways(framing, "hello", bytes({5}) + "hello");
    expect_both_ways(framing, std::string(127, 'x'), bytes({0x7F}) + std::string(127, 'x'));
    expect_both_ways(framing, std::string(128, 'x'), bytes({0x81, 0x80}) + std::string(128, 'x'));
    expect_both_ways(framing, std::string(256, 'x'), bytes({0x82, 1, 0}) + std::string(256, 'x'));
    expect_both_ways(
        framing, std::string(66'051, 'x'), bytes({0x83, 1, 2, 3}) + std::string(66'051, 'x')
    );
}

TEST(BerLength, RefusesOtherForms) {
    Framing framing = with_length(LengthEncoding::ber, 2);
    EXPECT_EQ(error_of(framing, bytes({0x80})), FrameError::bad_length) << "indefinite";
    EXPECT_EQ(error_of(framing, bytes({0xFF})), FrameError::bad_length) << "reserved";
    EXPECT_EQ(error_of(framing, bytes({0x83, 0, 0, 1})), FrameError::bad_length) << "too wide";
    EXPECT_EQ(error_of(framing, bytes({0x81, 0x05})), FrameError::bad_length) << "overlong";
    EXPECT_EQ(error_of(framing, bytes({0x82, 0, 0x80})), FrameError::bad_length) << "overlong";
    framing.length.canonical = false;
    EXPECT_THAT(
        drive_pieces(framing, bytes({0x82, 0, 2}) + "ab", 1).outcome.frames, ElementsAre("ab")
    );
}

// ldapsearch binds: a tag, a BER length, and that many bytes.
TEST(BerLength, KeepsTheHeadOfLdapMessages) {
    Framing framing = with_length(LengthEncoding::ber, 4);
    framing.length.at = 1;
    framing.length.keep_head = true;
    framing.max_frame_bytes = 1'000;
    const std::string bind = bytes({0x30, 0x0C, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0});
    EXPECT_THAT(drive_pieces(framing, bind, 1).outcome.frames, ElementsAre(bind));
    EXPECT_EQ(written(framing, bind), bind);
}

TEST(LiteralHead, IsWrittenAndChecked) {
    Framing framing = preset("u16be");
    framing.length.head = "T1";
    framing.length.at = 3;
    expect_both_ways(framing, "abc", "T1" + bytes({0, 0, 3}) + "abc");
}

// The field is followed by four reserved bytes, which belong to the body.
Framing zabbix() {
    Framing framing = preset("u32le");
    framing.length.head = "ZBXD\x01";
    framing.length.at = 5;
    framing.length.adjust = 4;
    return framing;
}

TEST(LiteralHead, WrongByteIsAnErrorAtOnce) {
    const auto decoder = make_decoder(zabbix());
    EXPECT_EQ(decoder->decode("ZB").kind, DecodeStep::Kind::need_more);
    const DecodeStep step = decoder->decode("ZBQ");
    EXPECT_EQ(step.kind, DecodeStep::Kind::error);
    EXPECT_EQ(step.error, FrameError::bad_start);
}

TEST(LiteralHead, IsPartOfAKeptHead) {
    Framing framing = preset("u16be");
    framing.length.head = "T";
    framing.length.at = 2;
    framing.length.keep_head = true;
    const std::string frame = "T7" + bytes({0, 3}) + "abc";
    EXPECT_THAT(drive_pieces(framing, frame + frame, 1).outcome.frames, ElementsAre(frame, frame));
    EXPECT_EQ(written(framing, frame), frame);
    std::string out;
    EXPECT_EQ(
        make_encoder(framing)->encode("U" + frame.substr(1), out).error(), FrameError::bad_start
    );
}

// QuickFIX, FIX.4.4, at a listener for FIXT.1.1.
TEST(LiteralHead, OfAnotherVersionDeliversNothing) {
    Framing framing = with_length(LengthEncoding::decimal, 6);
    framing.length.head =
        "8=FIXT.1.1\x01"
        "9=";
    framing.length.at = 13;
    framing.length.terminator = "\x01";
    framing.length.adjust = 7;
    framing.length.keep_head = true;
    framing.max_frame_bytes = 1'000;
    ASSERT_EQ(validate(framing), std::nullopt);
    EXPECT_EQ(
        error_of(
            framing,
            "8=FIX.4.4\x01"
            "9=67\x01"
            "35=A\x01"
            "34=1\x01"
            "49=ME\x01"
        ),
        FrameError::bad_start
    );
    const std::string logout =
        "8=FIXT.1.1\x01"
        "9=5\x01"
        "35=5\x01"
        "10=000\x01";
    EXPECT_THAT(drive_pieces(framing, logout, 1).outcome.frames, ElementsAre(logout));
}

// HL7's minimal lower layer protocol: VT, message, FS CR.
Framing mllp() {
    Framing framing = preset("crlf");
    framing.delimiter.start = "\x0B";
    framing.delimiter.ends = {"\x1C\r"};
    framing.delimiter.write = "\x1C\r";
    return framing;
}

TEST(StartOfDelimitedFrames, IsWrittenAndRemoved) {
    expect_both_ways(mllp(), "MSH|^~\\&|A\r", "\x0BMSH|^~\\&|A\r\x1C\r");
    expect_both_ways(mllp(), "", "\x0B\x1C\r");
}

TEST(StartOfDelimitedFrames, WrongByteIsAnErrorAtOnce) {
    EXPECT_EQ(error_of(mllp(), "GET / HTTP/1.1"), FrameError::bad_start);
    const auto result = drive_pieces(
        mllp(),
        "\x0B"
        "a\x1C\rb",
        1
    );
    EXPECT_THAT(result.outcome.frames, ElementsAre("a"));
    EXPECT_EQ(result.outcome.error, FrameError::bad_start);
}

TEST(StartOfDelimitedFrames, IsNoDelimiterEvenIfItLooksLikeOne) {
    Framing framing = preset("crlf");
    framing.delimiter.start = "##";
    framing.delimiter.ends = {"#"};
    framing.delimiter.write = "#";
    expect_both_ways(framing, "a", "##a#");
}

TEST(StartOfDelimitedFrames, IsKeptWithTheDelimiter) {
    Framing framing = mllp();
    framing.delimiter.keep = true;
    const std::string frame =
        "\x0B"
        "a\x1C\r";
    EXPECT_THAT(drive_pieces(framing, frame, 1).outcome.frames, ElementsAre(frame));
    EXPECT_EQ(written(framing, frame), frame);
    EXPECT_EQ(written(framing, "a"), frame);
    EXPECT_EQ(
        written(
            framing,
            "\x0B"
            "a"
        ),
        frame
    );
    EXPECT_EQ(written(framing, "a\x1C\r"), frame);
}

TEST(StartOfDelimitedFrames, AtTheEndOfTheStream) {
    Framing framing = mllp();
    EXPECT_EQ(error_of(framing, "\x0B"), FrameError::truncated);
    framing.delimiter.at_eof = AtEof::emit;
    EXPECT_THAT(
        drive_pieces(
            framing,
            "\x0B"
            "a",
            1
        )
            .outcome.frames,
        ElementsAre("a")
    );
    EXPECT_EQ(error_of(framing, "\x0B"), std::nullopt) << "no content";
    framing.delimiter.start = "<<";
    EXPECT_EQ(error_of(framing, "<"), FrameError::truncated);
}

}  // namespace
}  // namespace telex::codec
