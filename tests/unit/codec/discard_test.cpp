// Oversize frames under `discard`: skipped whole, counted once, the stream stays in step.
#include "codec/decoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::preset;
using ::testing::ElementsAre;

Framing discarding(std::string_view name, std::size_t max) {
    Framing framing = preset(name);
    framing.max_frame_bytes = max;
    framing.oversize = Oversize::discard;
    return framing;
}

TEST(Discard, KeepsStepInEveryPresetThatHasALimit) {
    struct Case {
        std::string_view framing;
        std::string stream;
    };

    const std::vector<Case> cases = {
        {"protobuf-delimited", bytes({5}) + "large" + bytes({2}) + "ok"},
        {"u8", bytes({5}) + "large" + bytes({2}) + "ok"},
        {"u32le", bytes({5, 0, 0, 0}) + "large" + bytes({2, 0, 0, 0}) + "ok"},
        {"netstring", "5:large,2:ok,"},
        {"lines", "large\nok\n"},
        {"crlf", "large\r\nok\r\n"},
        {"nul", "large" + bytes({0}) + "ok" + bytes({0})},
        {"syslog", "<1>large\n2 ok"},
        {"cobs", bytes({6}) + "large" + bytes({0, 3}) + "ok" + bytes({0})},
        {"slip", "large" + bytes({0xC0}) + "ok" + bytes({0xC0})},
    };
    for (const Case& one : cases) {
        for (const std::size_t piece : {1U, 2U, 3U, 100U}) {
            SCOPED_TRACE(one.framing);
            const auto result = drive_pieces(discarding(one.framing, 2), one.stream, piece);
            EXPECT_THAT(result.outcome.frames, ElementsAre("ok"));
            EXPECT_EQ(result.outcome.lost, 1U);
            EXPECT_FALSE(result.outcome.error);
            EXPECT_FALSE(result.violation);
        }
    }
}

TEST(Discard, EndsTheStreamWhenTheBudgetIsSpent) {
    Framing framing = discarding("u8", 2);
    framing.discard_budget = 10;
    const std::string large = bytes({5}) + "large";
    EXPECT_FALSE(drive_pieces(framing, large + large, 1).outcome.error);
    EXPECT_EQ(drive_pieces(framing, large + large + large, 1).outcome.error, FrameError::too_large);
}

TEST(Discard, BudgetIsFullAgainAfterAGoodFrame) {
    Framing framing = discarding("u8", 2);
    framing.discard_budget = 10;
    const std::string large = bytes({5}) + "large";
    const std::string good = bytes({2}) + "ok";
    const auto result = drive_pieces(framing, large + large + good + large + large, 1);
    EXPECT_FALSE(result.outcome.error);
    EXPECT_EQ(result.outcome.lost, 4U);
}

TEST(Discard, LengthOverTheBudgetEndsTheStreamAtOnce) {
    Framing framing = discarding("u32be", 2);
    const auto decoder = make_decoder(framing);
    EXPECT_EQ(decoder->decode(bytes({0xFF, 0xFF, 0xFF, 0xFF})).error, FrameError::too_large);
}

TEST(Discard, EndlessLineEndsTheStreamWhenTheBudgetIsSpent) {
    Framing framing = discarding("lines", 10);
    framing.discard_budget = 1'000;
    EXPECT_EQ(
        drive_pieces(framing, std::string(1'100, 'x'), 7).outcome.error, FrameError::too_large
    );
}

TEST(Discard, StreamEndingInADiscardedFrameIsTruncatedWhereFramesHaveEnds) {
    EXPECT_EQ(
        drive_pieces(discarding("u8", 2), bytes({5}) + "lar", 1).outcome.error,
        FrameError::truncated
    );
    EXPECT_EQ(drive_pieces(discarding("crlf", 2), "large", 1).outcome.error, FrameError::truncated);
    const auto lines = drive_pieces(discarding("lines", 2), "large", 1);
    EXPECT_FALSE(lines.outcome.error);
    EXPECT_EQ(lines.outcome.lost, 1U);
}

TEST(Discard, TrailerOfADiscardedFrameIsStillChecked) {
    EXPECT_EQ(
        drive_pieces(discarding("netstring", 2), "5:large;2:ok,", 1).outcome.error,
        FrameError::bad_trailer
    );
}

TEST(Discard, HoldsNoMoreThanADelimiterOfWhatItSkips) {
    const auto decoder = make_decoder(discarding("crlf", 4));
    std::string input = "xxxxxxxx";
    const DecodeStep first = decoder->decode(input);
    EXPECT_EQ(first.kind, DecodeStep::Kind::skip);
    EXPECT_TRUE(first.lost);
    EXPECT_EQ(first.consumed, 7U);
    const DecodeStep second = decoder->decode("x");
    EXPECT_EQ(second.kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(second.need, 2U);
}

}  // namespace
}  // namespace telex::codec
