// The parts that `telex frame decode --explain` shows, beside what the decoders consumed.
#include "cli/frames/frame_parts.hpp"

#include "cli/frames/reader.hpp"
#include "cli_testing.hpp"
#include "codec/encoder.hpp"
#include "config/framing_lookup.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace telex::cli {
namespace {

using test::bytes;

std::size_t sum_of(const std::vector<FramePart>& parts) {
    return std::accumulate(
        parts.begin(),
        parts.end(),
        std::size_t{0},
        [](std::size_t sum, const FramePart& part) { return sum + part.size; }
    );
}

// "length:2 body:5"
std::string outline(const std::vector<FramePart>& parts) {
    std::string out;
    for (const FramePart& part : parts) {
        out += out.empty() ? "" : " ";
        out += std::string(name_of(part.kind)) + ":" + std::to_string(part.size);
    }
    return out;
}

codec::Framing framing_of(std::string_view text) {
    return config::framing_of_text(text).value();
}

// The outline of the only frame of these bytes.
std::string explained(std::string_view framing_text, const std::string& stream) {
    const codec::Framing framing = framing_of(framing_text);
    FrameReader reader(framing, pieces_of(stream, stream.size()));
    const FrameEvent event = reader.next();
    EXPECT_EQ(event.kind, FrameEvent::Kind::frame) << framing_text;
    EXPECT_EQ(event.bytes, stream) << framing_text;
    return outline(explain_frame(framing, event.bytes, event.payload, event.at_end).parts);
}

// Bytes among which are those that framings escape, count or search for.
std::string random_body(std::mt19937& random) {
    constexpr std::string_view kSpecial("\0\r\n\x7d\x7e\xc0\xdb\xff", 8);
    std::string body(random() % 600, 'a');
    for (char& byte : body) {
        if (random() % 4 == 0) {
            byte = kSpecial[random() % kSpecial.size()];
        }
    }
    return body;
}

// Encodes bodies, decodes them in pieces, and checks the parts of each frame.
void check_cover(const codec::Framing& framing, const std::string& name) {
    std::mt19937 random(7);
    const auto encoder = codec::make_encoder(framing);
    std::string stream;
    int written = 0;
    for (int i = 0; i < 60; ++i) {
        const std::string body = i % 2 == 0 ? "hello" : random_body(random);
        written += encoder->encode(test::payload_of(framing, body), stream) ? 1 : 0;
    }
    EXPECT_GE(written, 30) << name;
    FrameReader reader(framing, pieces_of(stream, 100));
    int frames = 0;
    for (FrameEvent event = reader.next(); event.kind != FrameEvent::Kind::end;
         event = reader.next()) {
        if (event.kind == FrameEvent::Kind::skipped) {
            continue;
        }
        ASSERT_EQ(event.kind, FrameEvent::Kind::frame) << name;
        const auto parts = explain_frame(framing, event.bytes, event.payload, event.at_end).parts;
        ASSERT_EQ(sum_of(parts), event.bytes.size()) << name << ": " << outline(parts);
        ASSERT_LE(parts.size(), 140U) << name;
        ++frames;
    }
    EXPECT_EQ(frames, written) << name;
}

TEST(FrameParts, CoverWhatTheDecoderConsumesInEveryPreset) {
    for (const std::string& preset : test::stream_presets()) {
        check_cover(test::preset(preset), preset);
    }
}

TEST(FrameParts, CoverWhatTheDecoderConsumesInMappings) {
    for (const char* const text : {
             "{kind: length, length: {encoding: ber, at: 1}}",
             "{kind: length, length: {encoding: hex, width: 4, counts: frame}}",
             "{kind: length, length: {encoding: bcd, width: 3, trailer: '!'}}",
             "{kind: length, length: {width: 2, at: 4, head_size: 8, padding_at: 6, padding_width: "
             "1}}",
             "{kind: length, length: {width: 4, align: 4, flags: 'hex:80000000'}}",
             "{kind: length, trim: ['lo', 'o'], length: {width: 2}}",
             "{kind: delimiter, delimiter: {start: 'hex:0b', end: 'hex:1c0d'}}",
             "{kind: delimiter, delimiter: {end: [';', '!!'], keep: true}}",
             "{preset: lines, delimiter: {keep: true}}",
             "{preset: hdlc, checksum: fcs16}",
             "{kind: stuffed, stuffing: dle, dle: {start: ''}}",
             "{kind: length, length: {width: 2, mask: 'hex:00ff', continuation: more, "
             "continuation_bits: 'hex:8000'}}",
             "{kind: length, length: {width: 1, at: 1, head_size: 3, continuation: full}}",
             "{preset: syslog, syslog_write: lines}",
             "{preset: http, headers: {trailer: '..'}}",
         }) {
        codec::Framing framing = framing_of(text);
        framing.max_frame_bytes = std::min<std::size_t>(framing.max_frame_bytes, 1'000);
        check_cover(framing, text);
    }
}

TEST(FrameParts, AreThoseOfTheOptions) {
    EXPECT_EQ(explained("u16be", bytes({0, 2}) + "hi"), "length:2 body:2");
    EXPECT_EQ(explained("netstring", "2:hi,"), "length:1 terminator:1 body:2 trailer:1");
    EXPECT_EQ(explained("lines", "hi\r\n"), "body:2 ending:1 delimiter:1");
    EXPECT_EQ(explained("lines", "hi"), "body:2");
    EXPECT_EQ(explained("syslog", "3 hi\n"), "length:1 terminator:1 body:2 ending:1");
    EXPECT_EQ(
        explained(
            "slip",
            "\xc0"
            "a\xdb\xdd"
            "b\xc0"
        ),
        "filler:1 body:1 escape:2 body:1 delimiter:1"
    );
    EXPECT_EQ(explained("cobs", bytes({2, 1, 1, 0})), "escape:1 body:1 escape:1 delimiter:1");
    EXPECT_EQ(
        explained("http", "GET /\r\ncontent-length: 2\r\n\r\nhi"), "line:7 length:19 line:2 body:2"
    );
    EXPECT_EQ(explained("resp", "*1\r\n:5\r\n"), "body:8");
    EXPECT_EQ(
        explained(
            "{kind: delimiter, delimiter: {start: '<', end: ['>', ';;'], keep: true}}", "<a>"
        ),
        "head:1 body:1 delimiter:1"
    );
}

TEST(FrameParts, HaveFieldsAndPaddingInTheHead) {
    EXPECT_EQ(
        explained(
            "{kind: length, length: {width: 2, at: 4, head_size: 8, padding_at: 6, padding_width: "
            "1}}",
            bytes({1, 6, 0, 1, 0, 2, 3, 0}) + "hi" + bytes({0, 0, 0})
        ),
        "other:4 length:2 length:1 other:1 body:2 padding:3"
    );
    EXPECT_EQ(
        explained(
            "{kind: length, length: {head: 'ab', width: 1, at: 3}}", "ab." + bytes({1}) + "x"
        ),
        "head:2 other:1 length:1 body:1"
    );
}

TEST(FrameParts, OfDotAndDleStuffing) {
    EXPECT_EQ(explained("smtp-data", "a\r\n..b\r\n.\r\n"), "body:3 escape:1 body:2 delimiter:5");
    EXPECT_EQ(
        explained("smtp-data", "..\r\n..\r\n.\r\n"), "escape:1 body:3 escape:1 body:1 delimiter:5"
    );
    EXPECT_EQ(explained("smtp-data", ".\r\n"), "delimiter:3");
    EXPECT_EQ(
        explained("dle", bytes({0x10, 2, 'a', 0x10, 0x10, 3, 0x10, 3})),
        "head:2 body:1 escape:2 body:1 delimiter:2"
    );
}

TEST(FrameParts, OfBytesBehindADelimiterAndOfPauses) {
    EXPECT_EQ(
        explained(
            "{kind: delimiter, delimiter: {start: $, end: '#', after: 2, keep: true}}", "$OK#9a"
        ),
        "head:1 body:2 delimiter:1 trailer:2"
    );
    EXPECT_EQ(
        explained("{preset: lines, delimiter: {quotes: '\"'}}", "\"a\nb\"\n"), "body:5 delimiter:1"
    );
    EXPECT_EQ(explained("{kind: idle}", "abc"), "body:3");
}

TEST(FrameParts, OfSeveralPartsHaveAHeadEach) {
    const std::string stream = bytes({0, 0, 0, 2}) + "he" + bytes({0x80, 0, 0, 3}) + "llo";
    EXPECT_EQ(explained("oncrpc", stream), "length:4 body:2 length:4 body:3");
    const std::string packet = bytes({2, 0, 0, 7}) + "hi";
    EXPECT_EQ(
        explained(
            "{kind: length, length: {width: 3, order: little, head_size: 4, continuation: full, "
            "keep_head: true}}",
            packet
        ),
        "length:3 other:1 body:2"
    );
    EXPECT_EQ(
        outline(explain_beginning(framing_of("oncrpc"), stream.substr(0, 8))),
        "length:4 body:2 rest:2"
    );
}

TEST(FrameParts, OfManyEscapesAreSummedUp) {
    std::string stream;
    for (int i = 0; i < 10'000; ++i) {
        stream += "\xdb\xdc";
    }
    stream += '\xc0';
    const auto framing = framing_of("slip");
    const std::string payload(10'000, '\xc0');
    const auto parts = explain_frame(framing, stream, payload, false).parts;
    EXPECT_LT(parts.size(), 100U);
    EXPECT_EQ(sum_of(parts), stream.size());
}

TEST(FrameParts, SayWhatAFieldMeans) {
    const auto framing = framing_of("{kind: length, length: {width: 2, counts: frame}}");
    const auto frame = explain_frame(framing, bytes({0, 4}) + "hi", "hi", false);
    EXPECT_EQ(frame.parts.front().note, "big-endian, 4 of the whole frame, body of 2");
    EXPECT_EQ(frame.end, "the length announces a body of 2");
}

TEST(FrameParts, OfAnIncompleteFrameAreWhatIsThere) {
    const auto framing = framing_of("{kind: length, length: {width: 4, at: 2}}");
    EXPECT_EQ(outline(explain_beginning(framing, "abc")), "other:2 length:1");
    EXPECT_EQ(
        outline(explain_beginning(framing, bytes({1, 2, 0, 0, 0, 9}) + "ab")),
        "other:2 length:4 rest:2"
    );
    EXPECT_EQ(outline(explain_beginning(framing, "")), "");
}

}  // namespace
}  // namespace telex::cli
