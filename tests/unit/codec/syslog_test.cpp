// RFC 6587: counted messages and lines on one connection.
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::drive_pieces;
using test::preset;
using testing::ElementsAre;

TEST(Syslog, CountedMessagesAndLinesMayAlternate) {
    const std::string stream = "5 <1>ab<2>line\n8 <3>a\nbc\n<4>crlf\r\n4 <5>x";
    for (const std::size_t piece : {1U, 2U, 7U, 100U}) {
        EXPECT_THAT(
            drive_pieces(preset("syslog"), stream, piece).outcome.frames,
            ElementsAre("<1>ab", "<2>line", "<3>a\nbc\n", "<4>crlf", "<5>x")
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

TEST(Syslog, CountIsOnlyDigitsAndASpace) {
    for (const std::string_view stream : {"5x<1>ab", "05 <1>ab", "5\t<1>ab", "12345678901 <1>"}) {
        EXPECT_EQ(drive_pieces(preset("syslog"), stream, 1).outcome.error, FrameError::bad_length)
            << stream;
    }
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

// Found by the fuzzer: each notation had a budget of its own, so an alternating peer had twice as
// much, and a good message in one did not make up for the waste in the other.
TEST(Syslog, BothNotationsWasteOneBudget) {
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

TEST(Syslog, WrittenLinesCannotBeMistakenForCounts) {
    Framing framing = preset("syslog");
    framing.syslog_write = SyslogWrite::lines;
    const auto encoder = make_encoder(framing);
    std::string out;
    ASSERT_TRUE(encoder->encode("<1>ab", out));
    EXPECT_EQ(out, "<1>ab\n");
    EXPECT_EQ(encoder->encode("5 <1>ab", out).error(), FrameError::unrepresentable);
    EXPECT_EQ(encoder->encode("a\nb", out).error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(out, "<1>ab\n");
}

}  // namespace
}  // namespace telex::codec
