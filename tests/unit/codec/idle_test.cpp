// Frames that end with a pause of the sender.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::drive_pieces;
using test::encode_error;
using test::preset;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Framing idle(std::size_t max_frame = 100) {
    Framing framing;
    framing.kind = FramingKind::idle;
    framing.max_frame_bytes = max_frame;
    return framing;
}

TEST(IdleFrames, EndWithAPause) {
    const auto decoder = make_decoder(idle());
    EXPECT_EQ(decoder->decode("ab").need, 3U);
    EXPECT_EQ(decoder->decode("abcd").need, 5U);
    const DecodeStep frame = decoder->end_by_pause("abcd");
    EXPECT_EQ(frame.kind, DecodeStep::Kind::frame);
    EXPECT_EQ(frame.payload, "abcd");
    EXPECT_EQ(frame.consumed, 4U);
    EXPECT_EQ(decoder->end_by_pause("").kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->decode("e").kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->end_by_pause("e").payload, "e");
}

TEST(IdleFrames, EndWithTheStream) {
    for (const std::size_t piece : {1U, 2U, 100U}) {
        EXPECT_THAT(drive_pieces(idle(), "abcd", piece).outcome.frames, ElementsAre("abcd"));
    }
    EXPECT_THAT(drive_pieces(idle(), "", 1).outcome.frames, ElementsAre());
}

TEST(IdleFrames, AreBounded) {
    EXPECT_THAT(drive_pieces(idle(4), "abcd", 1).outcome.frames, ElementsAre("abcd"));
    for (const std::size_t piece : {1U, 2U, 100U}) {
        EXPECT_EQ(drive_pieces(idle(4), "abcde", piece).outcome.error, FrameError::too_large);
    }
}

TEST(IdleFrames, OverTheLimitAreSkippedUpToAPause) {
    Framing framing = idle(4);
    framing.oversize = Oversize::discard;
    framing.discard_budget = 10;
    const auto decoder = make_decoder(framing);
    const DecodeStep first = decoder->decode("abcde");
    EXPECT_EQ(first.kind, DecodeStep::Kind::skip);
    EXPECT_TRUE(first.lost);
    const DecodeStep more = decoder->decode("fg");
    EXPECT_EQ(more.kind, DecodeStep::Kind::skip);
    EXPECT_FALSE(more.lost);
    EXPECT_EQ(decoder->end_by_pause("").kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->decode("hi").kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->end_by_pause("hi").payload, "hi");
    EXPECT_EQ(decoder->decode("12345").kind, DecodeStep::Kind::skip) << "the budget is full again";
    EXPECT_EQ(decoder->decode("678901").error, FrameError::too_large);
}

TEST(IdleFrames, AreWrittenAsTheyAre) {
    EXPECT_EQ(test::written(idle(), "ab"), "ab");
    EXPECT_EQ(encode_error(idle(), ""), FrameError::empty_frame);
    EXPECT_EQ(encode_error(idle(1), "ab"), FrameError::too_large);
}

// Replies that end with the connection.
TEST(IdleFrames, MayBeWrittenBesideOthers) {
    Framing framing = preset("crlf");
    framing.write = {idle()};
    EXPECT_EQ(validate(framing), std::nullopt);
    EXPECT_EQ(test::written(framing, "a\r\nb"), "a\r\nb");
}

TEST(IdleFrames, PausesMeanNothingToOtherFramings) {
    for (const std::string& name : test::stream_presets()) {
        EXPECT_EQ(make_decoder(preset(name))->end_by_pause("ab").kind, DecodeStep::Kind::need_more);
    }
}

TEST(IdleFrames, ImpossibleOnesAreRefused) {
    Framing framing = idle();
    EXPECT_EQ(validate(framing), std::nullopt);
    framing.idle = std::chrono::milliseconds(0);
    EXPECT_THAT(validate(framing).value_or(""), HasSubstr("1 to 60000 ms"));
    framing = preset("u8");
    framing.first.framing = {idle()};
    framing.first.frames = 1;
    EXPECT_THAT(validate(framing).value_or(""), HasSubstr("must not be kind idle"));
    framing = idle();
    framing.empty = EmptyFrames::ignore;
    EXPECT_THAT(validate(framing).value_or(""), HasSubstr("empty has no effect"));
}

}  // namespace
}  // namespace telex::codec
