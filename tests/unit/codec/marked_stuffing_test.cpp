// Stuffing whose frames end with a sequence of bytes: dots at the beginning of lines, DLE.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "codec/stuffing.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::expect_both_ways;
using test::frames_of;
using test::preset;
using ::testing::ElementsAre;

const std::string kDleMark = bytes({0x10});

// As Python's smtplib, poplib and nntplib write and read.
TEST(DotStuffing, DoublesTheDotsThatBeginLines) {
    const Framing framing = preset("smtp-data");
    expect_both_ways(framing, "Subject: a\r\n\r\n.", "Subject: a\r\n\r\n..\r\n.\r\n");
    expect_both_ways(framing, ".\r\n.a\r\n..", "..\r\n..a\r\n...\r\n.\r\n");
    expect_both_ways(framing, "a.b\r\n\r\n", "a.b\r\n\r\n\r\n.\r\n");
    expect_both_ways(framing, "", ".\r\n");
}

TEST(DotStuffing, ReadsAnEmptyLineAndNoLineAsTheSame) {
    EXPECT_THAT(
        frames_of(preset("smtp-data"), "\r\n.\r\n.\r\na\r\n.\r\n"), ElementsAre("", "", "a")
    );
}

// RFC 5321: the first dot of a line goes, whatever follows it.
TEST(DotStuffing, RemovesADotThatIsNotDoubled) {
    EXPECT_THAT(frames_of(preset("smtp-data"), ".a\r\n.b\r\n.\r\n"), ElementsAre("a\r\nb"));
}

TEST(DotStuffing, OnlyCrLfEndsALine) {
    const std::vector<std::string> smuggled = {
        "a\n.\nb", "a\n.\r\nb", "a\r.\r\nb", "a\r\n.\nb", "a\r\n.\rb", "a\r.\rb"
    };
    for (const std::string& text : smuggled) {
        const std::vector<std::string> frames = frames_of(preset("smtp-data"), text + "\r\n.\r\n");
        ASSERT_EQ(frames.size(), 1U);
        EXPECT_EQ(encode_error(preset("smtp-data"), frames[0]), FrameError::delimiter_in_payload);
    }
    for (const std::string text : {"\n", "\r", "a\r", "\ra", "a\r\n\r", "\r\r\n"}) {
        EXPECT_EQ(encode_error(preset("smtp-data"), text), FrameError::delimiter_in_payload);
    }
}

TEST(DotStuffing, PayloadWithoutDotsIsAViewOfTheInput) {
    const std::string input = "abc\r\nd\r\n.\r\n";
    const auto decoder = make_decoder(preset("smtp-data"));
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data());
}

TEST(DotStuffing, EndIsTruncatedWithoutItsLine) {
    for (const std::string text : {"a", "a\r\n", "a\r\n.", "a\r\n.\r", ".", ".\r"}) {
        EXPECT_EQ(error_of(preset("smtp-data"), text), FrameError::truncated) << text;
    }
}

TEST(DotStuffing, FrameOverTheLimitIsSkippedUpToItsEnd) {
    Framing framing = preset("smtp-data");
    framing.max_frame_bytes = 4;
    framing.oversize = Oversize::discard;
    for (std::size_t size = 5; size < 20; ++size) {
        const std::string stream = "x" + std::string(size - 1, '.') + "\r\n.\r\nok\r\n.\r\n";
        EXPECT_THAT(frames_of(framing, stream), ElementsAre("ok")) << size;
    }
    // The end of a skipped frame is a whole line.
    EXPECT_THAT(frames_of(framing, "abcdefghi.\r\nj\r\n.\r\nok\r\n.\r\n"), ElementsAre("ok"));
}

TEST(DotStuffing, LongestNotationIsWithinItsBound) {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string payload;
        while (payload.size() < size) {
            payload += ".\r\n";
        }
        payload.resize(size);
        std::string stuffed;
        Dot::stuff(payload, stuffed);
        EXPECT_LE(stuffed.size(), Dot::max_stuffed(size)) << size;
        std::string scratch;
        EXPECT_EQ(Dot::unstuff(stuffed, scratch), payload) << size;
    }
}

TEST(DleStuffing, DoublesDle) {
    expect_both_ways(
        preset("dle"), "a" + kDleMark + bytes({3}), bytes({0x10, 2, 'a', 0x10, 0x10, 3, 0x10, 3})
    );
    expect_both_ways(preset("dle"), "", bytes({0x10, 2, 0x10, 3}));
}

// A packet of Trimble's TSIP: the number of the packet is behind the DLE.
TEST(DleStuffing, WithoutAStartByteThePayloadFollowsTheDle) {
    Framing framing = preset("dle");
    framing.dle.start.clear();
    expect_both_ways(
        framing,
        "\x41" + kDleMark + "abc",
        "\x10\x41" + kDleMark + kDleMark + "abc" + bytes({0x10, 3})
    );
    EXPECT_EQ(encode_error(framing, ""), FrameError::empty_frame);
    EXPECT_EQ(encode_error(framing, kDleMark + "a"), FrameError::unrepresentable);
    EXPECT_EQ(encode_error(framing, "\x03"), FrameError::unrepresentable);
}

TEST(DleStuffing, OtherBytesBetweenFramesAreAnErrorOrNoise) {
    const std::string frame = bytes({0x10, 2, 'a', 0x10, 3});
    EXPECT_EQ(error_of(preset("dle"), "x" + frame), FrameError::bad_start);
    EXPECT_EQ(error_of(preset("dle"), bytes({0x10, 3}) + frame), FrameError::bad_start);
    Framing framing = preset("dle");
    framing.damaged = Damaged::discard;
    // The rest of a frame whose beginning was not received.
    const std::string noise = "x" + bytes({0x10, 0x10, 2, 0x10, 3});
    for (std::size_t piece = 1; piece < 20; ++piece) {
        const auto result = drive_pieces(framing, noise + frame + noise + frame + noise, piece);
        EXPECT_THAT(result.outcome.frames, ElementsAre("a", "a"));
        EXPECT_EQ(result.outcome.lost, 3U);
        EXPECT_EQ(result.violation, std::nullopt);
    }
    framing.discard_budget = 5;
    EXPECT_EQ(error_of(framing, noise + frame), FrameError::too_large);
}

TEST(DleStuffing, FrameWithoutItsEndIsAnErrorOrIsDiscarded) {
    const std::string cut = bytes({0x10, 2, 'a', 'b'});
    const std::string frame = bytes({0x10, 2, 'c', 0x10, 3});
    EXPECT_EQ(error_of(preset("dle"), cut + frame), FrameError::bad_escape);
    EXPECT_EQ(error_of(preset("dle"), cut + bytes({0x10, 'x'}) + frame), FrameError::bad_escape);
    Framing framing = preset("dle");
    framing.damaged = Damaged::discard;
    for (const std::string& stream : {cut + frame, cut + bytes({0x10, 'x', 'y'}) + frame}) {
        EXPECT_THAT(frames_of(framing, stream), ElementsAre("c"));
        EXPECT_EQ(drive_pieces(framing, stream, 1).outcome.lost, 1U);
    }
}

TEST(DleStuffing, FrameOverTheLimitIsSkippedUpToItsEnd) {
    Framing framing = preset("dle");
    framing.max_frame_bytes = 2;
    framing.oversize = Oversize::discard;
    const std::string frame = bytes({0x10, 2, 'o', 'k', 0x10, 3});
    const std::string large = bytes({0x10, 2}) + "large" + bytes({0x10, 0x10, 0x10, 3});
    EXPECT_THAT(frames_of(framing, large + frame), ElementsAre("ok"));
    EXPECT_EQ(error_of(framing, bytes({0x10, 2}) + "large" + frame), FrameError::bad_escape);
    framing.damaged = Damaged::discard;
    EXPECT_THAT(frames_of(framing, bytes({0x10, 2}) + "large" + frame), ElementsAre("ok"));
}

TEST(DleStuffing, UnfinishedFrameAtTheEndIsTruncated) {
    for (const std::string& stream :
         {bytes({0x10}), bytes({0x10, 2}), bytes({0x10, 2, 'a', 0x10})}) {
        EXPECT_EQ(error_of(preset("dle"), stream), FrameError::truncated);
    }
}

}  // namespace
}  // namespace telex::codec
