// COBS, SLIP and HDLC beyond the golden vectors.
#include "codec/stuffing.hpp"

#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::preset;
using ::testing::ElementsAre;

TEST(Cobs, RoundTripsEveryLengthAroundTheLongestRun) {
    for (std::size_t size = 0; size <= 1'030; ++size) {
        for (const std::size_t zero_every :
             {std::size_t{1},
              std::size_t{254},
              std::size_t{255},
              std::size_t{256},
              std::size_t{5'000}}) {
            std::string payload(size, 'x');
            for (std::size_t i = zero_every - 1; i < size; i += zero_every) {
                payload[i] = '\0';
            }
            std::string stuffed;
            Cobs::stuff(payload, stuffed);
            ASSERT_EQ(stuffed.find('\0'), std::string::npos);
            ASSERT_LE(stuffed.size(), Cobs::max_stuffed(size));
            std::string scratch;
            ASSERT_EQ(Cobs::unstuff(stuffed, scratch), payload) << size << " " << zero_every;
        }
    }
}

TEST(Cobs, CodeBeyondTheFrameIsAnError) {
    EXPECT_EQ(
        drive_pieces(preset("cobs"), bytes({3, 'a', 0}), 1).outcome.error, FrameError::bad_escape
    );
    EXPECT_EQ(
        drive_pieces(preset("cobs"), bytes({2, 'a', 9, 'b', 0}), 1).outcome.error,
        FrameError::bad_escape
    );
}

TEST(Cobs, LoneZerosAreFillersNotFrames) {
    const auto result = drive_pieces(preset("cobs"), bytes({0, 0, 2, 'a', 0, 0, 1, 0}), 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre("a", ""));
    EXPECT_EQ(result.skipped, 3U);
}

TEST(Cobs, PayloadWithoutZeroIsAViewOfTheInput) {
    const std::string input = bytes({4, 'a', 'b', 'c', 0});
    const auto decoder = make_decoder(preset("cobs"));
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data() + 1);
}

TEST(Slip, WrongEscapesAreErrors) {
    EXPECT_EQ(
        drive_pieces(preset("slip"), bytes({'a', 0xDB, 'b', 0xC0}), 1).outcome.error,
        FrameError::bad_escape
    );
    EXPECT_EQ(
        drive_pieces(preset("slip"), bytes({'a', 0xDB, 0xC0}), 1).outcome.error,
        FrameError::bad_escape
    );
}

TEST(Slip, CannotCarryAnEmptyPayload) {
    std::string out;
    EXPECT_EQ(make_encoder(preset("slip"))->encode("", out).error(), FrameError::empty_frame);
    EXPECT_TRUE(drive_pieces(preset("slip"), bytes({0xC0, 0xC0}), 1).outcome.frames.empty());
}

TEST(Slip, PayloadWithoutEscapeIsAViewOfTheInput) {
    const std::string input = "abc" + bytes({0xC0});
    const auto decoder = make_decoder(preset("slip"));
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data());
}

Framing hdlc_with_fcs() {
    Framing framing = preset("hdlc");
    framing.checksum = Checksum::fcs16;
    return framing;
}

// The check value that catalogues of checksums give for CRC-16/X-25: 906E.
TEST(Hdlc, ChecksumFollowsTheContentLowByteFirst) {
    std::string out;
    ASSERT_TRUE(make_encoder(hdlc_with_fcs())->encode("123456789", out));
    EXPECT_EQ(out, "~123456789" + bytes({0x6E, 0x90}) + "~");
    EXPECT_THAT(drive_pieces(hdlc_with_fcs(), out, 1).outcome.frames, ElementsAre("123456789"));
}

TEST(Hdlc, ChecksumIsEscapedLikeContent) {
    // Finds a payload whose checksum contains an end byte.
    std::string out;
    std::string payload(2, '\0');
    for (int i = 0; i < 65'536 && out.find("\x7D\x5E") == std::string::npos; ++i) {
        payload[0] = static_cast<char>(i % 120);
        payload[1] = static_cast<char>(i / 256 % 120);
        out.clear();
        ASSERT_TRUE(make_encoder(hdlc_with_fcs())->encode(payload, out));
    }
    ASSERT_NE(out.find("\x7D\x5E"), std::string::npos);
    EXPECT_THAT(drive_pieces(hdlc_with_fcs(), out, 1).outcome.frames, ElementsAre(payload));
}

TEST(Hdlc, WrongChecksumIsAnErrorOrIsDiscarded) {
    const std::string good = "~123456789" + bytes({0x6E, 0x90}) + "~";
    const std::string wrong = "~123456780" + bytes({0x6E, 0x90}) + "~";
    const std::string aborted = "~abc" + bytes({0x7D}) + "~";
    Framing framing = hdlc_with_fcs();
    EXPECT_EQ(drive_pieces(framing, wrong, 1).outcome.error, FrameError::bad_checksum);
    EXPECT_EQ(drive_pieces(framing, "~x~", 1).outcome.error, FrameError::bad_checksum);
    EXPECT_EQ(drive_pieces(framing, aborted, 1).outcome.error, FrameError::bad_escape);
    framing.damaged = Damaged::discard;
    const auto result = drive_pieces(framing, wrong + aborted + good, 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre("123456789"));
    EXPECT_EQ(result.outcome.lost, 2U);
    framing.discard_budget = 20;
    EXPECT_EQ(drive_pieces(framing, wrong + wrong, 1).outcome.error, FrameError::bad_checksum);
}

TEST(Hdlc, DamagedFramesAreNotOversizedOnes) {
    Framing framing = preset("hdlc");
    framing.damaged = Damaged::discard;
    framing.max_frame_bytes = 3;
    EXPECT_EQ(drive_pieces(framing, "~12345678~", 1).outcome.error, FrameError::too_large);
}

TEST(Hdlc, EmptyPayloadNeedsAChecksum) {
    std::string out;
    EXPECT_EQ(make_encoder(preset("hdlc"))->encode("", out).error(), FrameError::empty_frame);
    ASSERT_TRUE(make_encoder(hdlc_with_fcs())->encode("", out));
    EXPECT_EQ(out, "~" + bytes({0, 0}) + "~");
    EXPECT_THAT(drive_pieces(hdlc_with_fcs(), out, 1).outcome.frames, ElementsAre(""));
}

// Every frame of most senders begins with one: a separate step would halve the speed.
TEST(Slip, LeadingEndsAreSkippedInTheStepOfTheirFrame) {
    const std::string input = bytes({0xC0, 0xC0}) + "a" + bytes({0xC0, 0xC0}) + "b";
    const auto decoder = make_decoder(preset("slip"));
    const DecodeStep frame = decoder->decode(input);
    EXPECT_EQ(frame.payload, "a");
    EXPECT_EQ(frame.consumed, 4U);
    const ByteView rest = ByteView(input).substr(4);
    const DecodeStep filler = decoder->decode(rest);
    EXPECT_EQ(filler.kind, DecodeStep::Kind::skip);
    EXPECT_EQ(filler.consumed, 1U);
    EXPECT_EQ(decoder->decode(rest.substr(1)).kind, DecodeStep::Kind::need_more);
}

TEST(Slip, LeadingEndCanBeLeftOut) {
    Framing framing = preset("slip");
    framing.leading_end = false;
    std::string out;
    ASSERT_TRUE(make_encoder(framing)->encode("a", out));
    EXPECT_EQ(out, "a" + bytes({0xC0}));
}

TEST(Stuffed, UnfinishedFrameAtTheEndIsTruncated) {
    EXPECT_EQ(
        drive_pieces(preset("cobs"), bytes({2, 'a'}), 1).outcome.error, FrameError::truncated
    );
    EXPECT_EQ(drive_pieces(preset("slip"), "a", 1).outcome.error, FrameError::truncated);
}

}  // namespace
}  // namespace telex::codec
