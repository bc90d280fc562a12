// The knobs of length prefixes.
#include "codec/datagram.hpp"
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
using namespace std::string_view_literals;

TEST(LengthPrefix, OddWidthsWorkInBothOrders) {
    for (const std::uint8_t width : {std::uint8_t{5}, std::uint8_t{6}, std::uint8_t{7}}) {
        Framing framing = preset("u32be");
        framing.length.width = width;
        std::string big(width, '\0');
        big.back() = 3;
        EXPECT_THAT(drive_pieces(framing, big + "abc", 1).outcome.frames, ElementsAre("abc"));
        framing.length.order = ByteOrder::little;
        std::string little(width, '\0');
        little.front() = 3;
        EXPECT_THAT(drive_pieces(framing, little + "abc", 1).outcome.frames, ElementsAre("abc"));
    }
}

TEST(LengthPrefix, MayStandBehindOtherBytesAndCountThem) {
    // A type byte, then a length that counts everything: both are stripped.
    Framing framing = preset("u16be");
    framing.length.at = 1;
    framing.length.counts = LengthCounts::frame;
    framing.max_frame_bytes = 100;
    EXPECT_THAT(
        drive_pieces(framing, bytes({'Q', 0, 6}) + "abc", 1).outcome.frames, ElementsAre("abc")
    );
    std::string out;
    ASSERT_TRUE(make_encoder(framing)->encode("abc", out));
    EXPECT_EQ(out, bytes({0, 0, 6}) + "abc");
}

TEST(LengthPrefix, KeptHeadTravelsWithThePayload) {
    // PostgreSQL's messages after the first: a type byte, four bytes that count themselves and the
    // body.
    Framing framing = preset("u32be");
    framing.length.at = 1;
    framing.length.counts = LengthCounts::from_field;
    framing.length.keep_head = true;
    const std::string message = bytes({'Q', 0, 0, 0, 7}) + "abc";
    EXPECT_THAT(drive_pieces(framing, message, 1).outcome.frames, ElementsAre(message));
    const auto encoder = make_encoder(framing);
    std::string out;
    ASSERT_TRUE(encoder->encode(message, out));
    EXPECT_EQ(out, message);
    EXPECT_EQ(encoder->encode(message + "d", out).error(), FrameError::bad_length);
    EXPECT_EQ(encoder->encode("Q", out).error(), FrameError::bad_length);
    EXPECT_EQ(out, message);
    Wrapping wrapping;
    EXPECT_FALSE(*encoder->wrap(8, wrapping));
}

TEST(LengthPrefix, TrailerIsCheckedAndStripped) {
    Framing framing = preset("u8");
    framing.length.trailer = bytes({0xCE});
    EXPECT_THAT(drive_pieces(framing, bytes({1, 'a', 0xCE}), 1).outcome.frames, ElementsAre("a"));
    EXPECT_EQ(
        drive_pieces(framing, bytes({1, 'a', 'b'}), 1).outcome.error, FrameError::bad_trailer
    );
    EXPECT_EQ(drive_pieces(framing, bytes({1, 'a'}), 1).outcome.error, FrameError::truncated);
}

TEST(LengthPrefix, EmptyFramesFollowThePolicy) {
    Framing framing = preset("u8");
    const std::string stream = bytes({0, 1, 'a', 0});
    EXPECT_THAT(drive_pieces(framing, stream, 1).outcome.frames, ElementsAre("", "a", ""));
    framing.empty = EmptyFrames::ignore;
    EXPECT_THAT(drive_pieces(framing, stream, 1).outcome.frames, ElementsAre("a"));
    EXPECT_EQ(drive_pieces(framing, stream, 1).outcome.lost, 0U);
    std::string out;
    EXPECT_EQ(make_encoder(framing)->encode("", out).error(), FrameError::empty_frame);
    framing.empty = EmptyFrames::error;
    EXPECT_EQ(drive_pieces(framing, stream, 1).outcome.error, FrameError::empty_frame);
}

// MQTT's PINGREQ and DISCONNECT are heads and nothing else.
TEST(LengthPrefix, AKeptHeadIsNeverAnEmptyPayload) {
    Framing framing = preset("protobuf-delimited");
    framing.length.at = 1;
    framing.length.width = 4;
    framing.length.keep_head = true;
    const std::string ping = bytes({0xC0, 0x00});
    const std::string disconnect = bytes({0xE0, 0x00});
    for (const EmptyFrames empty : {EmptyFrames::ignore, EmptyFrames::error}) {
        framing.empty = empty;
        const auto read = drive_pieces(framing, ping + disconnect, 1);
        EXPECT_THAT(read.outcome.frames, ElementsAre(ping, disconnect));
        EXPECT_EQ(read.outcome.error, std::nullopt);
        std::string out;
        ASSERT_TRUE(make_encoder(framing)->encode(ping, out));
        EXPECT_EQ(out, ping);
    }
}

TEST(LengthPrefix, PayloadIsAViewOfTheInput) {
    const std::string input = bytes({0, 3}) + "abc";
    const auto decoder = make_decoder(preset("u16be"));
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data() + 2);
}

TEST(LengthPrefix, NeedIsTheWholeFrameOnceTheHeadIsThere) {
    const auto decoder = make_decoder(preset("u16be"));
    EXPECT_EQ(decoder->decode({}).need, 2U);
    EXPECT_EQ(decoder->decode(bytes({1})).need, 2U);
    EXPECT_EQ(decoder->decode(bytes({1, 0})).need, 258U);
    EXPECT_EQ(decoder->decode(bytes({1, 0, 'a'})).need, 258U);
}

TEST(LengthPrefix, UnrepresentablePayloadsAreRefused) {
    Framing framing = preset("u8");
    framing.length.adjust = 8;  // the body has eight bytes more than the field says
    std::string out;
    EXPECT_EQ(make_encoder(framing)->encode("short", out).error(), FrameError::unrepresentable);
    Wrapping wrapping;
    EXPECT_EQ(make_encoder(framing)->wrap(7, wrapping).error(), FrameError::unrepresentable);
    EXPECT_TRUE(out.empty());
    EXPECT_TRUE(make_encoder(framing)->encode("12345678", out));
}

TEST(Varint, NonCanonicalIsReadOnlyWhenAskedFor) {
    Framing framing = preset("protobuf-delimited");
    const std::string overlong = bytes({0x83, 0x00}) + "abc";
    EXPECT_EQ(drive_pieces(framing, overlong, 1).outcome.error, FrameError::bad_length);
    framing.length.canonical = false;
    EXPECT_THAT(drive_pieces(framing, overlong, 1).outcome.frames, ElementsAre("abc"));
}

TEST(Varint, BehindATypeByteLikeMqtt) {
    Framing framing = preset("protobuf-delimited");
    framing.length.at = 1;
    framing.length.width = 4;
    framing.length.keep_head = true;
    const std::string ping = bytes({0xC0, 0x00});
    const std::string publish = bytes({0x30, 0x81, 0x01}) + std::string(129, 'x');
    EXPECT_THAT(
        drive_pieces(framing, ping + publish, 1).outcome.frames, ElementsAre(ping, publish)
    );
}

TEST(DecimalLength, LeadingZerosAreReadOnlyWhenAskedFor) {
    Framing framing = preset("netstring");
    EXPECT_EQ(drive_pieces(framing, "03:abc,", 1).outcome.error, FrameError::bad_length);
    framing.length.canonical = false;
    EXPECT_THAT(drive_pieces(framing, "03:abc,", 1).outcome.frames, ElementsAre("abc"));
}

TEST(DecimalLength, MayEndWithSeveralBytes) {
    Framing framing = preset("netstring");
    framing.length.terminator = "\r\n";
    framing.length.trailer = "\r\n";
    EXPECT_THAT(drive_pieces(framing, "3\r\nabc\r\n", 1).outcome.frames, ElementsAre("abc"));
    EXPECT_EQ(drive_pieces(framing, "3\rabc", 1).outcome.error, FrameError::bad_length);
}

// LSP and DAP: a header of one field, kept, and the document.
TEST(DecimalLength, MayStandBehindAHeaderLine) {
    Framing framing = preset("netstring");
    framing.length.at = 16;
    framing.length.width = 8;
    framing.length.terminator = "\r\n\r\n";
    framing.length.trailer = "";
    framing.length.keep_head = true;
    ASSERT_EQ(validate(framing), std::nullopt);
    const std::string message = "Content-Length: 12044\r\n\r\n" + std::string(12'044, 'x');
    for (const std::size_t piece : {1U, 1'460U}) {
        EXPECT_THAT(
            drive_pieces(framing, message + message, piece).outcome.frames,
            ElementsAre(message, message)
        );
    }
    std::string out;
    ASSERT_TRUE(make_encoder(framing)->encode(message, out));
    EXPECT_EQ(out, message);
}

TEST(LengthPrefix, MayStandBehindFourKilobytes) {
    for (const std::string_view name : {"u32be", "netstring", "protobuf-delimited"}) {
        Framing framing = preset(name);
        framing.length.at = 4'000;
        ASSERT_EQ(validate(framing), std::nullopt);
        const auto encoder = make_encoder(framing);
        std::string stream;
        ASSERT_TRUE(encoder->encode("abc", stream));
        EXPECT_EQ(stream.substr(0, 4'000), std::string(4'000, '\0'));
        Wrapping wrapping;
        EXPECT_FALSE(encoder->wrap(3, wrapping).value()) << "a wrapping has no room for it";
        stream.replace(0, 4'000, std::string(4'000, 'h'));
        ASSERT_TRUE(encoder->encode("de", stream));
        for (const std::size_t piece : {1U, 1'460U}) {
            const auto result = drive_pieces(framing, stream, piece);
            EXPECT_THAT(result.outcome.frames, ElementsAre("abc", "de")) << name;
            EXPECT_FALSE(result.violation) << *result.violation;
            EXPECT_LE(result.examined, 4 * 4'200U) << name;
        }
        EXPECT_EQ(
            drive_pieces(framing, stream.substr(0, 3'999), 7).outcome.error, FrameError::truncated
        );
    }
}

TEST(FixedSize, CutsAndRefusesOtherSizes) {
    const Framing framing = preset("fixed:3");
    EXPECT_THAT(drive_pieces(framing, "abcdef", 1).outcome.frames, ElementsAre("abc", "def"));
    EXPECT_EQ(drive_pieces(framing, "abcd", 1).outcome.error, FrameError::truncated);
    std::string out;
    EXPECT_EQ(make_encoder(framing)->encode("ab", out).error(), FrameError::wrong_size);
    Wrapping wrapping;
    EXPECT_EQ(make_encoder(framing)->wrap(4, wrapping).error(), FrameError::wrong_size);
}

// A C string with its NUL in a length-prefixed record.
TEST(Trim, TakesOneEndingOffAPayload) {
    Framing framing = preset("u8");
    framing.trim = {std::string(1, '\0'), "\n", "\r\n"};
    ASSERT_EQ(validate(framing), std::nullopt);
    EXPECT_THAT(
        drive_pieces(
            framing, bytes({2, 'a', 0, 3, 'b', '\r', '\n', 2, '\n', '\n', 1, 0, 1, 'c', 0}), 1
        )
            .outcome.frames,
        ElementsAre("a", "b", "\n", "", "c", "")
    );
    framing.empty = EmptyFrames::error;
    EXPECT_EQ(drive_pieces(framing, bytes({1, 0}), 1).outcome.error, FrameError::empty_frame);
    std::string out;
    EXPECT_EQ(make_encoder(framing)->encode("a\n", out).error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(make_encoder(framing)->encode("\n", out).error(), FrameError::delimiter_in_payload);
    EXPECT_EQ(out, "");
}

TEST(Datagram, IsTrimmedWithinItsLimit) {
    Framing framing = preset("datagram");
    framing.trim = {"\n", "\r\n", std::string(1, '\0')};
    framing.max_frame_bytes = 3;
    EXPECT_EQ(largest_packet(framing), 5U);
    const auto decoder = make_decoder(framing);
    for (const std::string_view packet : {"abc"sv, "abc\n"sv, "abc\r\n"sv, "abc\0"sv}) {
        const DecodeStep step = decoder->decode(packet);
        EXPECT_EQ(step.payload, "abc");
        EXPECT_EQ(step.consumed, packet.size());
    }
    EXPECT_EQ(decoder->decode("abcd\n").error, FrameError::too_large);
    EXPECT_EQ(decoder->decode("\n").payload, "");
    EXPECT_EQ(decoder->decode("\n").kind, DecodeStep::Kind::frame);
    framing.empty = EmptyFrames::ignore;
    const DecodeStep ignored = make_decoder(framing)->decode("\n");
    EXPECT_EQ(ignored.kind, DecodeStep::Kind::skip);
    EXPECT_FALSE(ignored.lost);
    std::string out;
    EXPECT_EQ(make_encoder(framing)->encode("a\n", out).error(), FrameError::delimiter_in_payload);
    ASSERT_TRUE(make_encoder(framing)->encode("a", out));
    EXPECT_EQ(out, "a");
}

TEST(Datagram, IsOneFrameAndNeverEmpty) {
    const auto decoder = make_decoder(preset("datagram"));
    EXPECT_EQ(decoder->decode("a\nb").payload, "a\nb");
    EXPECT_EQ(decoder->decode({}).kind, DecodeStep::Kind::need_more);
    std::string out;
    EXPECT_EQ(make_encoder(preset("datagram"))->encode("", out).error(), FrameError::empty_frame);
}

}  // namespace
}  // namespace telex::codec
