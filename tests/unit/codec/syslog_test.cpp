// RFC 6587: counted messages and lines on one connection.
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::drive_pieces;
using test::preset;
using ::testing::ElementsAre;
using namespace std::string_view_literals;

TEST(Syslog, CountedMessagesAndLinesMayAlternate) {
    const std::string stream = "5 <1>ab<2>line\n8 <3>a\nbc\n<4>crlf\r\n4 <5>x";
    for (const std::size_t piece : {1U, 2U, 7U, 100U}) {
        EXPECT_THAT(
            drive_pieces(preset("syslog"), stream, piece).outcome.frames,
            ElementsAre("<1>ab", "<2>line", "<3>a\nbc", "<4>crlf", "<5>x")
        );
    }
}

TEST(Syslog, LineWithoutPriorityIsALine) {
    EXPECT_THAT(
        drive_pieces(preset("syslog"), "Nov 20 su: failed\n", 1).outcome.frames,
        ElementsAre("Nov 20 su: failed")
    );
}

TEST(Syslog, EmptyLinesBetweenMessagesAreIgnored) {
    EXPECT_THAT(
        drive_pieces(preset("syslog"), "4 <1>a\n\n4 <2>b\r\n", 1).outcome.frames,
        ElementsAre("<1>a", "<2>b")
    );
}

// A time stamp without a priority, from programs that are not syslog senders.
TEST(Syslog, OtherDigitsBeginALine) {
    for (const std::string_view line :
         {"2026-11-28T08:00:00Z host app: hi",
          "5x<1>ab",
          "05 <1>ab",
          "00 <1>ab",
          "5\t<1>ab",
          "12345678901 <1>",
          "1732780800000 hi",
          "404"}) {
        for (const std::size_t piece : {1U, 5U, 100U}) {
            EXPECT_THAT(
                drive_pieces(preset("syslog"), std::string(line) + "\n<13>ok\n4 <1>x", piece)
                    .outcome.frames,
                ElementsAre(line, "<13>ok", "<1>x")
            ) << line;
        }
    }
}

TEST(Syslog, DigitsAtTheEndAreALineAndACountAloneIsTruncated) {
    EXPECT_THAT(drive_pieces(preset("syslog"), "404", 1).outcome.frames, ElementsAre("404"));
    EXPECT_EQ(drive_pieces(preset("syslog"), "404 ", 1).outcome.error, FrameError::truncated);
}

// rsyslog counts the LF of its templates, Python's SysLogHandler ends its lines with NUL.
TEST(Syslog, EndingsAreTheSameInBothNotations) {
    for (const std::string_view end : {"\n"sv, "\r\n"sv, "\0"sv}) {
        const std::string message = "<13>x" + std::string(end);
        const std::string counted = std::to_string(message.size()) + ' ' + message;
        for (const std::size_t piece : {1U, 100U}) {
            EXPECT_THAT(
                drive_pieces(preset("syslog"), counted + message + counted, piece).outcome.frames,
                ElementsAre("<13>x", "<13>x", "<13>x")
            );
        }
    }
}

TEST(Syslog, RemovesOneEndingOfACountedMessage) {
    EXPECT_THAT(
        drive_pieces(preset("syslog"), "7 <13>x\n\n1 \n6 <13>y\n", 1).outcome.frames,
        ElementsAre("<13>x\n", "<13>y")
    );
    Framing framing = preset("syslog");
    framing.trim.clear();
    EXPECT_THAT(drive_pieces(framing, "6 <13>x\n", 1).outcome.frames, ElementsAre("<13>x\n"));
}

TEST(Syslog, LimitExcludesTheEnding) {
    Framing framing = preset("syslog");
    framing.max_frame_bytes = 5;
    for (const std::string_view stream : {"6 <13>x\n", "7 <13>x\r\n", "<13>x\r\n", "5 <13>x"}) {
        EXPECT_THAT(drive_pieces(framing, stream, 1).outcome.frames, ElementsAre("<13>x"));
    }
    for (const std::string_view stream : {"6 <13>xy", "7 <13>xy\n", "8 <13>xy\r\n", "<13>xy\n"}) {
        EXPECT_EQ(drive_pieces(framing, stream, 1).outcome.error, FrameError::too_large) << stream;
    }
    framing.oversize = Oversize::discard;
    const auto discarded = drive_pieces(framing, "7 <13>xy\n6 <13>x\n", 1);
    EXPECT_THAT(discarded.outcome.frames, ElementsAre("<13>x"));
    EXPECT_EQ(discarded.outcome.lost, 1U);
}

TEST(Syslog, RejectsAPayloadThatTheReaderWouldShorten) {
    const auto encoder = make_encoder(preset("syslog"));
    std::string out;
    EXPECT_EQ(encoder->encode("<13>x\n", out).error(), FrameError::delimiter_in_payload);
    ASSERT_TRUE(encoder->encode("<13>x\ny", out));
    EXPECT_EQ(out, "7 <13>x\ny");
    Wrapping wrapping;
    EXPECT_FALSE(encoder->wrap(5, wrapping).value());
}

TEST(Syslog, CutCountedMessageIsTruncatedAndCutLineIsDelivered) {
    EXPECT_EQ(drive_pieces(preset("syslog"), "9 <1>ab", 1).outcome.error, FrameError::truncated);
    EXPECT_THAT(drive_pieces(preset("syslog"), "<1>ab", 1).outcome.frames, ElementsAre("<1>ab"));
}

TEST(Syslog, DiscardWorksInBothNotations) {
    Framing framing = preset("syslog");
    framing.max_frame_bytes = 4;
    framing.oversize = Oversize::discard;
    const auto result = drive_pieces(framing, "8 <1>large<2>large\n4 <3>a<4>b\n", 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre("<3>a", "<4>b"));
    EXPECT_EQ(result.outcome.lost, 2U);
}

// Found by the fuzzer: each notation had a separate budget, so an alternating peer had twice as
// much, and a good message in one did not reset the other's.
TEST(Syslog, BothNotationsShareOneDiscardBudget) {
    Framing framing = preset("syslog");
    framing.max_frame_bytes = 4;
    framing.oversize = Oversize::discard;
    framing.discard_budget = 12;
    const auto wasted = drive_pieces(framing, "8 <1>large<2>large\n", 1);
    EXPECT_EQ(wasted.outcome.error, FrameError::too_large);
    EXPECT_EQ(wasted.outcome.lost, 1U);
    for (const std::string_view good : {"4 <3>a", "<3>a\n"}) {
        const std::string stream =
            "8 <1>large" + std::string(good) + "<2>large\n" + std::string(good) + "8 <1>large";
        const auto made_up = drive_pieces(framing, stream, 1);
        EXPECT_EQ(made_up.outcome.error, std::nullopt) << good;
        EXPECT_EQ(made_up.outcome.lost, 3U) << good;
    }
}

TEST(Syslog, WrittenLinesNeverLookLikeCounts) {
    Framing framing = preset("syslog");
    framing.syslog_write = SyslogWrite::lines;
    const auto encoder = make_encoder(framing);
    std::string out;
    ASSERT_TRUE(encoder->encode("<1>ab", out));
    EXPECT_EQ(out, "<1>ab\n");
    EXPECT_EQ(encoder->encode("5 <1>ab", out).error(), FrameError::unrepresentable);
    EXPECT_EQ(encoder->encode("a\nb", out).error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(out, "<1>ab\n");
    ASSERT_TRUE(encoder->encode("2026-11-28 hi", out));
    ASSERT_TRUE(encoder->encode("06 Nov hi", out));
    EXPECT_EQ(encoder->encode("0 hi", out).error(), FrameError::unrepresentable);
    EXPECT_EQ(out, "<1>ab\n2026-11-28 hi\n06 Nov hi\n");
}

}  // namespace
}  // namespace telex::codec
