// The knobs of delimiters.
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::drive_pieces;
using test::preset;
using ::testing::ElementsAre;

Framing delimited(std::vector<std::string> ends) {
    Framing framing = preset("crlf");
    framing.delimiter.write = ends.front();
    framing.delimiter.ends = std::move(ends);
    return framing;
}

Result<void, FrameError> encode(const Framing& framing, ByteView payload) {
    std::string out;
    return make_encoder(framing)->encode(payload, out);
}

TEST(Delimiter, SplitAcrossPiecesIsFound) {
    EXPECT_THAT(
        drive_pieces(preset("crlf"), "a\r\r\nb\n\r\n\r\n", 1).outcome.frames,
        ElementsAre("a\r", "b\n", "")
    );
}

TEST(Delimiter, OverlappingItsOwnBeginningIsFound) {
    EXPECT_THAT(
        drive_pieces(delimited({"aab"}), "aaabxaab", 1).outcome.frames, ElementsAre("a", "x")
    );
}

TEST(Delimiter, FirstCompleteOneWinsThenTheLongest) {
    EXPECT_THAT(
        drive_pieces(delimited({"\n", "\r\n", ";"}), "a\r\nb\nc;", 1).outcome.frames,
        ElementsAre("a", "b", "c")
    );
}

TEST(Delimiter, KeptOneStaysInThePayload) {
    Framing framing = preset("lines");
    framing.delimiter.keep = true;
    EXPECT_THAT(
        drive_pieces(framing, "a\r\nb\nc", 1).outcome.frames, ElementsAre("a\r\n", "b\n", "c")
    );
    std::string out;
    const auto encoder = make_encoder(framing);
    ASSERT_TRUE(encoder->encode("a\r\n", out));
    ASSERT_TRUE(encoder->encode("b", out));
    EXPECT_EQ(out, "a\r\nb\n");
    EXPECT_FALSE(encoder->encode("a\nb\n", out));
}

TEST(Delimiter, OnlyOneCarriageReturnIsDropped) {
    EXPECT_THAT(
        drive_pieces(preset("lines"), "a\r\r\n\r\n", 1).outcome.frames, ElementsAre("a\r", "")
    );
}

TEST(Delimiter, EndOfStreamFollowsThePolicy) {
    Framing framing = preset("lines");
    EXPECT_THAT(drive_pieces(framing, "a\nb\r", 1).outcome.frames, ElementsAre("a", "b\r"));
    framing.delimiter.at_eof = AtEof::drop;
    EXPECT_THAT(drive_pieces(framing, "a\nb", 1).outcome.frames, ElementsAre("a"));
    EXPECT_EQ(drive_pieces(framing, "a\nb", 1).outcome.lost, 1U);
    framing.delimiter.at_eof = AtEof::error;
    EXPECT_EQ(drive_pieces(framing, "a\nb", 1).outcome.error, FrameError::truncated);
    EXPECT_FALSE(drive_pieces(framing, "a\n", 1).outcome.error);
}

TEST(Delimiter, PresetsHandleTheLastLine) {
    EXPECT_THAT(drive_pieces(preset("lines"), "a", 1).outcome.frames, ElementsAre("a"));
    EXPECT_THAT(drive_pieces(preset("nul"), "a", 1).outcome.frames, ElementsAre("a"));
    EXPECT_THAT(drive_pieces(preset("syslog"), "<1>a", 1).outcome.frames, ElementsAre("<1>a"));
    EXPECT_EQ(drive_pieces(preset("crlf"), "QUIT", 1).outcome.error, FrameError::truncated);
}

TEST(Delimiter, EmptyFramesFollowThePolicy) {
    Framing framing = preset("lines");
    EXPECT_THAT(drive_pieces(framing, "\n\r\na\n", 1).outcome.frames, ElementsAre("", "", "a"));
    framing.empty = EmptyFrames::ignore;
    EXPECT_THAT(drive_pieces(framing, "\n\r\na\n", 1).outcome.frames, ElementsAre("a"));
    framing.empty = EmptyFrames::error;
    EXPECT_EQ(drive_pieces(framing, "\n", 1).outcome.error, FrameError::empty_frame);
}

TEST(Delimiter, InsideAPayloadIsRejected) {
    EXPECT_EQ(encode(preset("lines"), "a\nb").error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(encode(preset("lines"), "a\n").error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(encode(preset("crlf"), "a\r\nb").error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(encode(preset("nul"), ByteView("a\0b", 3)).error(), FrameError::delimiter_in_payload);
    EXPECT_TRUE(encode(preset("crlf"), "a\nb\r"));
}

TEST(Delimiter, FormedByPayloadAndDelimiterIsRejected) {
    EXPECT_EQ(encode(delimited({"aa"}), "xa").error(), FrameError::delimiter_in_payload);
    EXPECT_TRUE(encode(delimited({"aab"}), "xa"));
}

TEST(Delimiter, PayloadThatWouldBeShortenedIsRejected) {
    EXPECT_EQ(encode(preset("lines"), "a\r").error(), FrameError::delimiter_in_payload);
}

TEST(Delimiter, EveryReadDelimiterIsRejectedInAPayload) {
    EXPECT_EQ(encode(delimited({"\n", ";"}), "a;b").error(), FrameError::delimiter_in_payload);
}

TEST(Delimiter, WrittenDelimiterMayDiffer) {
    Framing framing = delimited({"\r"});
    framing.delimiter.write = "\r\n";
    ASSERT_EQ(validate(framing), std::nullopt);
    std::string out;
    ASSERT_TRUE(make_encoder(framing)->encode("ok", out));
    EXPECT_EQ(out, "ok\r\n");
}

}  // namespace
}  // namespace telex::codec
