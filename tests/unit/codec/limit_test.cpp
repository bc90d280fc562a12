// max-1, max and max+1 bytes, with every adjustment, in both directions.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::preset;

constexpr std::size_t kMax = 40;

Framing adjusted(int adjust, LengthCounts counts) {
    Framing framing = preset("u16be");
    framing.length.adjust = adjust;
    framing.length.counts = counts;
    framing.length.at = 1;
    framing.length.trailer = ",";
    framing.max_frame_bytes = kMax;
    return framing;
}

// A frame written by hand: what the field says is computed here, not by the encoder.
std::string frame_of(std::size_t body, const Framing& framing) {
    int field = static_cast<int>(body) - framing.length.adjust;
    if (framing.length.counts != LengthCounts::body) {
        field += 3;
    }
    if (framing.length.counts == LengthCounts::frame) {
        field += 1;
    }
    return bytes({0, field / 256, field % 256}) + std::string(body, 'x') + ",";
}

class Adjusted : public testing::TestWithParam<std::tuple<int, LengthCounts>> {
protected:
    Framing framing_ = adjusted(std::get<0>(GetParam()), std::get<1>(GetParam()));
};

TEST_P(Adjusted, LimitIsCheckedAfterTheAdjustment) {
    ASSERT_EQ(validate(framing_), std::nullopt);
    for (const std::size_t body : {kMax - 1, kMax}) {
        const auto result = test::drive_pieces(framing_, frame_of(body, framing_), 1);
        EXPECT_THAT(result.outcome.frames, testing::ElementsAre(std::string(body, 'x')));
        EXPECT_FALSE(result.outcome.error);
    }
    const auto over = test::drive_pieces(framing_, frame_of(kMax + 1, framing_), 1);
    EXPECT_TRUE(over.outcome.frames.empty());
    EXPECT_EQ(over.outcome.error, FrameError::too_large);
}

TEST_P(Adjusted, EncoderHasTheSameLimit) {
    const auto encoder = make_encoder(framing_);
    for (const std::size_t body : {kMax - 1, kMax}) {
        std::string out;
        ASSERT_TRUE(encoder->encode(std::string(body, 'x'), out));
        EXPECT_EQ(out, frame_of(body, framing_));
    }
    std::string out;
    EXPECT_EQ(encoder->encode(std::string(kMax + 1, 'x'), out).error(), FrameError::too_large);
    EXPECT_TRUE(out.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Limits,
    Adjusted,
    testing::Combine(
        testing::Range(-8, 9),
        testing::Values(LengthCounts::body, LengthCounts::from_field, LengthCounts::frame)
    )
);

TEST(Limit, AppliesToThePayloadOfEveryPreset) {
    for (const std::string& name : test::stream_presets()) {
        SCOPED_TRACE(name);
        Framing framing = preset(name);
        if (framing.kind == FramingKind::fixed) {
            continue;
        }
        framing.max_frame_bytes = kMax;
        framing.max_encode_bytes = 2 * kMax;
        const auto encoder = make_encoder(framing);
        const std::size_t headers = test::payload_of(framing, std::string(10, 'x')).size() - 10;
        for (const std::size_t size : {kMax - 1, kMax, kMax + 1}) {
            const std::string body(size - headers, 'x');
            std::string stream;
            ASSERT_TRUE(encoder->encode(test::payload_of(framing, body), stream));
            const auto result = test::drive_pieces(framing, stream, 1);
            EXPECT_EQ(result.outcome.frames.size(), size <= kMax ? 1U : 0U);
            EXPECT_EQ(result.outcome.error == FrameError::too_large, size > kMax);
        }
    }
}

TEST(Limit, IsSeparateForReadingAndWriting) {
    Framing framing = preset("u16be");
    framing.max_frame_bytes = 10;
    framing.max_encode_bytes = 20;
    std::string stream;
    ASSERT_TRUE(make_encoder(framing)->encode(std::string(20, 'x'), stream));
    EXPECT_FALSE(make_encoder(framing)->encode(std::string(21, 'x'), stream));
    EXPECT_EQ(test::drive_whole(framing, stream).outcome.error, FrameError::too_large);
}

TEST(Limit, IsCheckedOnTheHeadAlone) {
    const auto decoder = make_decoder(preset("u32be"));
    const DecodeStep step = decoder->decode(bytes({0, 0x10, 0, 1}));
    EXPECT_EQ(step.kind, DecodeStep::Kind::error);
    EXPECT_EQ(step.error, FrameError::too_large);
}

TEST(Limit, CanBeLoweredAndRaisedBetweenFrames) {
    for (const std::string& name : test::stream_presets()) {
        SCOPED_TRACE(name);
        const Framing framing = preset(name);
        const std::string payload =
            framing.kind == FramingKind::fixed ? "12345" : test::payload_of(framing, "<123456789>");
        Framing writer = framing;
        writer.leading_end = false;  // a single step reads the frame
        std::string frame;
        ASSERT_TRUE(make_encoder(writer)->encode(payload, frame));
        const auto decoder = make_decoder(framing);
        decoder->limit_payload(payload.size());
        EXPECT_EQ(decoder->decode(frame).kind, DecodeStep::Kind::frame);
        decoder->limit_payload(kMaxFrameBytesCeiling);  // not above the framing's own
        EXPECT_EQ(decoder->decode(frame).kind, DecodeStep::Kind::frame);
        decoder->limit_payload(payload.size() - 1);
        const DecodeStep refused = decoder->decode(frame);
        EXPECT_EQ(refused.kind, DecodeStep::Kind::error);
        EXPECT_EQ(refused.error, FrameError::too_large);
    }
}

TEST(Limit, OfADatagramIsPerPacket) {
    Framing framing = preset("datagram");
    framing.max_frame_bytes = 3;
    const auto decoder = make_decoder(framing);
    EXPECT_EQ(decoder->decode("abc").payload, "abc");
    EXPECT_EQ(decoder->decode("abcd").error, FrameError::too_large);
    framing.oversize = Oversize::discard;
    const DecodeStep skipped = make_decoder(framing)->decode("abcd");
    EXPECT_EQ(skipped.kind, DecodeStep::Kind::skip);
    EXPECT_TRUE(skipped.lost);
    EXPECT_EQ(skipped.consumed, 4U);
}

}  // namespace
}  // namespace telex::codec
