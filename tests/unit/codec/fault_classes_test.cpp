// Framing faults that were published for other servers, one test per class:
//   length arithmetic       CVE-2019-6250 (libzmq), libzmq#1488, CVE-2026-27889 (NATS)
//   oversize resync         wangle's length-field decoder, rsyslog#7410
//   limit and adjustment    tokio#4815, #8469; encoder truncation tokio#5080
//   overlong LEB128         CVE-2026-40046, CVE-2025-66168 (ActiveMQ), CVE-2026-21888 (NanoMQ)
//   short body              CVE-2026-25627 (NanoMQ)
//   ASCII digits            CVE-2022-24903 (rsyslog), CVE-2023-38697 (protocol-http1)
//   size configuration      CVE-2021-41099, CVE-2021-21309 (Redis), rsyslog#6698
//   empty frames, progress  GHSA-w9fj-cfpg-grvv (Netty), HAProxy's full-buffer loop
//   foreign protocols       Kafka's "size = 1195725856"
//   delimiter smuggling     CVE-2026-43870 (Thrift), CWE-93
#include "codec/decoder.hpp"
#include "codec/detect_protocol.hpp"
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::drive_whole;
using test::preset;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string big_endian(std::uint64_t value, unsigned width) {
    std::string out;
    for (unsigned i = width; i-- > 0;) {
        out.push_back(static_cast<char>((value >> (8U * i)) & 0xFFU));
    }
    return out;
}

TEST(LengthArithmetic, HugeLengthsAreRefusedWithEveryAdjustment) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t length :
         {std::uint64_t{0x7FFFFFFF},
          std::uint64_t{0x80000000},
          std::uint64_t{0xFFFFFFFF},
          std::uint64_t{1} << 63U,
          std::uint64_t{0xFFFFFFFFFFFFFFDA},
          kMax - 16,
          kMax - 9,
          kMax - 8,
          kMax - 1,
          kMax}) {
        for (int adjust = -8; adjust <= 8; ++adjust) {
            for (const Oversize oversize : {Oversize::close, Oversize::discard}) {
                Framing framing = preset("u64be");
                framing.length.adjust = adjust;
                framing.length.at = 1;
                framing.length.trailer = ",";
                framing.oversize = oversize;
                const auto result = drive_pieces(framing, "T" + big_endian(length, 8) + "xyz", 1);
                EXPECT_THAT(result.outcome.frames, IsEmpty());
                EXPECT_TRUE(
                    result.outcome.error == FrameError::too_large ||
                    result.outcome.error == FrameError::bad_length
                ) << length
                  << " adjust " << adjust;
            }
        }
    }
}

TEST(LengthArithmetic, HighestBitIsALargeNumberNotANegativeOne) {
    for (unsigned width = 1; width <= 8; ++width) {
        Framing framing = preset("u64be");
        framing.length.width = static_cast<std::uint8_t>(width);
        framing.max_frame_bytes = 100;
        const std::string head = big_endian(std::uint64_t{1} << (8U * width - 1U), width);
        EXPECT_EQ(drive_pieces(framing, head, 1).outcome.error, FrameError::too_large);
    }
}

TEST(LengthArithmetic, LengthBelowWhatItCountsIsRefused) {
    Framing framing = preset("u16be");
    framing.length.counts = LengthCounts::frame;
    framing.max_frame_bytes = 100;
    EXPECT_EQ(drive_whole(framing, bytes({0, 0})).outcome.error, FrameError::bad_length);
    EXPECT_EQ(drive_whole(framing, bytes({0, 1})).outcome.error, FrameError::bad_length);
    EXPECT_THAT(drive_whole(framing, bytes({0, 2})).outcome.frames, ElementsAre(""));
    framing.length.adjust = -3;
    EXPECT_EQ(drive_whole(framing, bytes({0, 4})).outcome.error, FrameError::bad_length);
}

TEST(OversizeResync, FramesInsideADiscardedBodyAreNeverDelivered) {
    const std::string inner = bytes({0, 3}) + "bad";
    const std::string body = inner + inner + inner + inner;
    const std::string stream = big_endian(body.size(), 2) + body + bytes({0, 2}) + "ok";
    Framing framing = preset("u16be");
    framing.max_frame_bytes = 10;
    framing.oversize = Oversize::discard;
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        const auto result = drive_pieces(framing, stream, piece);
        EXPECT_THAT(result.outcome.frames, ElementsAre("ok"));
        EXPECT_EQ(result.outcome.lost, 1U);
    }
    framing.oversize = Oversize::close;
    EXPECT_THAT(drive_pieces(framing, stream, 1).outcome.frames, IsEmpty());
}

TEST(OversizeResync, DelimiterRightAfterTheDiscardedBytesEndsTheFrame) {
    for (const std::string_view name : {"lines", "crlf", "nul", "syslog"}) {
        Framing framing = preset(name);
        framing.max_frame_bytes = 4;
        framing.oversize = Oversize::discard;
        const std::string end = framing.delimiter.ends.front();
        const auto decoder = make_decoder(framing);
        // Fill until the decoder discards, drop what it says, then give it the delimiter first.
        std::string input(32, 'x');
        const DecodeStep skip = decoder->decode(input);
        ASSERT_EQ(skip.kind, DecodeStep::Kind::skip) << name;
        input.erase(0, skip.consumed);
        EXPECT_EQ(decoder->decode(input).kind, DecodeStep::Kind::need_more);
        input += end;
        const DecodeStep rest = decoder->decode(input);
        EXPECT_EQ(rest.kind, DecodeStep::Kind::skip) << name;
        EXPECT_EQ(rest.consumed, input.size()) << name;
        const std::string next = "<a>" + end;
        EXPECT_EQ(decoder->decode(next).payload, "<a>") << name;
    }
}

TEST(EncoderTruncation, PayloadBeyondTheFieldIsRefusedAndNothingIsWritten) {
    std::string out = "before";
    const auto encoder = make_encoder(preset("u8"));
    EXPECT_EQ(encoder->encode(std::string(256, 'x'), out).error(), FrameError::too_large);
    Wrapping wrapping;
    EXPECT_EQ(encoder->wrap(256, wrapping).error(), FrameError::too_large);
    EXPECT_EQ(
        encoder->wrap(std::numeric_limits<std::size_t>::max(), wrapping).error(),
        FrameError::too_large
    );
    EXPECT_EQ(out, "before");
}

TEST(EncoderTruncation, LimitThatTheFieldCannotExpressIsRefusedWhenLoaded) {
    Framing framing = preset("u16be");
    framing.max_frame_bytes = 65'536;
    EXPECT_TRUE(validate(framing));
}

TEST(OverlongVarint, IsRefusedAtEveryLengthAndCut) {
    const std::vector<std::string> wrong = {
        bytes({0x80, 0x00}),
        bytes({0x83, 0x80, 0x00}),
        bytes({0x80, 0x80, 0x80, 0x80, 0x80, 0x01}),
        bytes({0xFF, 0xFF, 0xFF, 0xFF, 0xFF}),
        std::string(10, '\xFF'),
        std::string(11, '\x80') + bytes({1}),
    };
    for (const std::string& head : wrong) {
        for (const std::string_view after : {"", "abc"}) {
            const auto result =
                drive_pieces(preset("protobuf-delimited"), head + std::string(after), 1);
            EXPECT_EQ(result.outcome.error, FrameError::bad_length);
            EXPECT_THAT(result.outcome.frames, IsEmpty());
        }
    }
}

TEST(OverlongVarint, FifthByteOfAFourByteFieldIsNeverRead) {
    Framing framing = preset("protobuf-delimited");
    framing.length.width = 4;
    const auto decoder = make_decoder(framing);
    EXPECT_EQ(decoder->decode(bytes({0x80, 0x80, 0x80})).kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->decode(bytes({0x80, 0x80, 0x80, 0x80})).error, FrameError::bad_length);
}

TEST(OverlongVarint, TenBytesBeyond64BitsAreRefused) {
    Framing framing = preset("protobuf-delimited");
    framing.length.width = 10;
    const std::string nine(9, '\xFF');
    EXPECT_EQ(drive_whole(framing, nine + bytes({0x01})).outcome.error, FrameError::too_large);
    EXPECT_EQ(drive_whole(framing, nine + bytes({0x02})).outcome.error, FrameError::bad_length);
    EXPECT_EQ(drive_whole(framing, nine + bytes({0x7F})).outcome.error, FrameError::bad_length);
}

TEST(OverlongVarint, CutHeadIsTruncatedNotGuessed) {
    EXPECT_EQ(
        drive_whole(preset("protobuf-delimited"), bytes({0x80})).outcome.error,
        FrameError::truncated
    );
}

TEST(ShortBody, ThenTheEndIsTruncatedForEveryLengthKind) {
    for (const std::string& name : test::stream_presets()) {
        const Framing framing = preset(name);
        if (framing.kind != FramingKind::length) {
            continue;
        }
        std::string frame;
        ASSERT_TRUE(make_encoder(framing)->encode(test::payload_of(framing, "hello"), frame));
        for (std::size_t size = 1; size < frame.size(); ++size) {
            const auto result = drive_whole(framing, ByteView(frame).substr(0, size));
            EXPECT_THAT(result.outcome.frames, IsEmpty());
            EXPECT_EQ(result.outcome.error, FrameError::truncated) << name << " " << size;
        }
        EXPECT_FALSE(drive_whole(framing, frame).outcome.error);
    }
}

TEST(AsciiDigits, FloodIsRefusedAtTheFirstDigitTooMany) {
    const std::string digits(std::size_t{1} << 20U, '9');
    const auto decoder = make_decoder(preset("netstring"));
    EXPECT_EQ(decoder->decode(ByteView(digits).substr(0, 10)).kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->decode(ByteView(digits).substr(0, 11)).error, FrameError::bad_length);
    const auto whole = make_decoder(preset("netstring"));
    EXPECT_EQ(whole->decode(digits).error, FrameError::bad_length);
    EXPECT_LE(whole->examined(), 64U);
}

TEST(AsciiDigits, FloodIsNoOctetCountButALineWithALimit) {
    Framing framing = preset("syslog");
    framing.max_frame_bytes = 1'000;
    const std::string digits(std::size_t{1} << 20U, '9');
    const auto decoder = make_decoder(framing);
    EXPECT_EQ(decoder->decode(ByteView(digits).substr(0, 11)).kind, DecodeStep::Kind::need_more);
    EXPECT_EQ(decoder->decode(ByteView(digits).substr(0, 1'002)).error, FrameError::too_large);
    EXPECT_LE(decoder->examined(), 2'000U);
}

TEST(AsciiDigits, OnlyDigitsAreDigits) {
    for (const std::string_view head :
         {"+3:abc,",
          "-3:abc,",
          " 3:abc,",
          "3 :abc,",
          "0x3:abc,",
          "03:abc,",
          "3;abc,",
          ":abc,",
          "3e0:abc,",
          "\xB2:abc,"}) {
        const auto result = drive_pieces(preset("netstring"), head, 1);
        EXPECT_EQ(result.outcome.error, FrameError::bad_length) << head;
        EXPECT_THAT(result.outcome.frames, IsEmpty());
    }
}

TEST(SizeConfiguration, HighestAllowedLimitWorksWithoutOverflow) {
    for (const std::string& name : test::stream_presets()) {
        Framing framing = preset(name);
        framing.max_frame_bytes = kMaxFrameBytesCeiling;
        framing.discard_budget = std::numeric_limits<std::size_t>::max();
        framing.oversize = Oversize::discard;
        if (validate(framing)) {
            continue;
        }
        const auto result = drive_pieces(framing, "1:a,<a>\r\n" + bytes({0, 0xC0}), 1);
        EXPECT_FALSE(result.violation) << name << ": " << *result.violation;
    }
}

TEST(Progress, EveryStepOfAFloodOfEmptyFramesConsumes) {
    for (const EmptyFrames empty : {EmptyFrames::deliver, EmptyFrames::ignore}) {
        for (const std::string_view name :
             {"u8", "protobuf-delimited", "lines", "nul", "cobs", "slip", "syslog"}) {
            Framing framing = preset(name);
            framing.empty = empty;
            const char filler = name == "lines" || name == "syslog" ? '\n'
                                : name == "slip"                    ? '\xC0'
                                                                    : '\0';
            const std::string flood(1'000, filler);
            const auto result = drive_whole(framing, flood);
            EXPECT_FALSE(result.violation) << name;
            EXPECT_FALSE(result.outcome.error) << name;
            EXPECT_EQ(result.in_frames + result.skipped, flood.size()) << name;
        }
    }
}

TEST(Progress, HeadAtTheEndOfAFullBufferAsksForABoundedAmount) {
    // A buffer that can hold the largest frame can always make progress.
    for (const std::string& name : test::stream_presets()) {
        Framing framing = preset(name);
        if (framing.kind != FramingKind::fixed) {
            framing.max_frame_bytes = 100;
        }
        const auto decoder = make_decoder(framing);
        const std::string input = name == "u8" ? bytes({100}) : name == "netstring" ? "10" : "x";
        const DecodeStep step = decoder->decode(input);
        if (step.kind == DecodeStep::Kind::need_more) {
            EXPECT_GT(step.need, input.size()) << name;
            EXPECT_LE(step.need, 100 + kMaxHeadBytes) << name;
        }
    }
}

TEST(OtherProtocol, ReadAsALengthIsRejectedAtOnceAndNamed) {
    const std::string http = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n";
    EXPECT_EQ(drive_whole(preset("u32be"), http).outcome.error, FrameError::too_large);
    EXPECT_EQ(detect_protocol(http), codec::OtherProtocol::http);
    const std::string tls = bytes({0x16, 3, 1, 0, 0xF4, 1, 0, 0, 0xF0, 3, 3});
    EXPECT_EQ(drive_whole(preset("u32be"), tls).outcome.error, FrameError::too_large);
    EXPECT_EQ(detect_protocol(tls), codec::OtherProtocol::tls);
}

TEST(DelimiterSmuggling, NoPayloadBecomesTwoFramesInAnyPreset) {
    const std::vector<std::string> payloads = {
        "a\nb",
        "a\r\nb",
        std::string("a\0b", 3),
        "5 <1>ab",
        "a\r",
        "\n",
        bytes({'a', 0xC0, 'b'}),
        bytes({0xDB, 0xDC}),
        "3:abc,",
        bytes({0, 3}) + "abc",
        "<1>a\n<2>b",
        "",
    };
    for (const std::string& name : test::stream_presets()) {
        const Framing framing = preset(name);
        const auto encoder = make_encoder(framing);
        for (const std::string& payload : payloads) {
            std::string wire;
            if (encoder->encode(payload, wire)) {
                EXPECT_THAT(drive_whole(framing, wire).outcome.frames, ElementsAre(payload))
                    << name;
            } else {
                EXPECT_TRUE(wire.empty()) << name;
            }
        }
    }
}

}  // namespace
}  // namespace telex::codec
