#include "cli/frames/frame_fault.hpp"

#include "cli/frames/reader.hpp"
#include "cli_testing.hpp"
#include "config/framing_lookup.hpp"
#include "support/framing_cases.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace telex::cli {
namespace {

using test::bytes;

// "bad_trailer at 4: expected 2c, found 3b", for the first frame.
std::string fault_of(std::string_view framing_text, const std::string& stream) {
    const codec::Framing framing = config::framing_of_text(framing_text).value();
    FrameReader reader(framing, pieces_of(stream, stream.size()));
    const FrameEvent event = reader.next();
    EXPECT_EQ(event.kind, FrameEvent::Kind::bad) << framing_text;
    const FrameFault fault = find_fault(framing, event.bytes, event.error);
    return fmt::format("{} at {}: {}", codec::name_of(event.error), fault.at, fault.reason);
}

TEST(FrameFault, OfALiteralIsItsFirstWrongByte) {
    EXPECT_EQ(fault_of("netstring", "2:hi;"), "bad_trailer at 4: expected 2c, found 3b");
    EXPECT_EQ(
        fault_of("{kind: delimiter, delimiter: {start: 'abc', end: ';'}}", "abd;"),
        "bad_start at 2: expected 63, found 64"
    );
    EXPECT_EQ(
        fault_of("{kind: length, length: {head: 'ab', width: 1}}", "xb"),
        "bad_start at 0: expected 61, found 78"
    );
    EXPECT_EQ(
        fault_of("{preset: http, headers: {trailer: '..'}}", "S\ncontent-length: 1\n\nx.:"),
        "bad_trailer at 23: expected 2e, found 3a"
    );
    EXPECT_EQ(
        fault_of(
            "{kind: length, length: {width: 1, align: 4, trailer: 'x'}}", bytes({1}) + "a...y"
        ),
        "bad_trailer at 5: expected 78, found 79"
    );
}

TEST(FrameFault, OfALengthIsItsFieldOrItsWrongDigit) {
    EXPECT_EQ(
        fault_of("{kind: length, length: {width: 2, at: 1, counts: frame}}", bytes({7, 0, 2})),
        "bad_length at 1: announces less than the least possible"
    );
    EXPECT_EQ(fault_of("netstring", "12x"), "bad_length at 2: malformed, or longer than necessary");
    EXPECT_EQ(
        fault_of("http", "S\nHost: a\nContent-Length: -1\n\n"),
        "bad_length at 10: not one length of plain digits"
    );
    EXPECT_EQ(
        fault_of("{preset: u32be, max_frame: 10B}", bytes({0, 0, 0, 11})),
        "too_large at 0: announces a body of 11 bytes; the limit is 10"
    );
    EXPECT_EQ(
        fault_of("{preset: syslog, max_frame: 10B}", "99 hello"),
        "too_large at 0: announces a body of 99 bytes; the limit is 10"
    );
}

TEST(FrameFault, OfALineIsItsBeginning) {
    EXPECT_EQ(
        fault_of("http", "S\nHost : a\n\n"), "bad_header at 2: not a header, or an ambiguous one"
    );
    EXPECT_EQ(
        fault_of("http", "S\nA: b\nTransfer-Encoding: chunked\n\n"),
        "transfer_encoding at 7: a body without a length"
    );
    EXPECT_EQ(
        fault_of("{preset: sip, headers: {head_limit: 4B}}", "S\nA: b\n"),
        "head_too_large at 4: no blank line within 4 bytes"
    );
}

TEST(FrameFault, OfStuffingIsTheEscape) {
    EXPECT_EQ(
        fault_of(
            "slip",
            "\xc0"
            "ab\xdb"
            "c\xc0"
        ),
        "bad_escape at 3: not an escape"
    );
    EXPECT_EQ(
        fault_of("cobs", bytes({2, 1, 9, 1, 0})),
        "bad_escape at 2: announces more bytes than the frame has"
    );
    EXPECT_EQ(
        fault_of("{preset: hdlc, checksum: fcs16}", "~abc~"),
        "bad_checksum at 4: the checksum before the end byte is wrong"
    );
}

TEST(FrameFault, OfDleIsThePair) {
    EXPECT_EQ(fault_of("dle", bytes({0x10, 3})), "bad_start at 1: expected 02, found 03");
    EXPECT_EQ(
        fault_of("{preset: dle, dle: {start: ''}}", bytes({0x10, 3})),
        "bad_start at 1: no frame begins with this byte"
    );
    EXPECT_EQ(
        fault_of("dle", bytes({0x10, 2, 'a', 0x10, 'b'})),
        "bad_escape at 3: neither a doubled DLE nor the end"
    );
}

TEST(FrameFault, OfSeveralPartsIsTheHead) {
    const std::string part = bytes({0, 0, 0, 2}) + "he";
    EXPECT_EQ(
        fault_of("{preset: oncrpc, max_frame: 4B}", part + bytes({0x80, 0, 0, 3})),
        "too_large at 6: announces a part of 3 bytes after 2; the limit is 4"
    );
    EXPECT_EQ(
        fault_of("{preset: oncrpc, length: {parts: 1}}", part + part),
        "too_large at 6: more than 1 parts"
    );
}

TEST(FrameFault, OfAValueIsItsFirstWrongByte) {
    EXPECT_EQ(fault_of("json", "[1,]"), "bad_value at 3: no value goes on with this byte");
    EXPECT_EQ(
        fault_of("{preset: json, nesting: 2}", "[[[1]]]"), "too_deep at 2: a value within 2 others"
    );
}

TEST(FrameFault, OfAStreamThatEndsIsItsEnd) {
    EXPECT_EQ(
        fault_of("u16be", bytes({0, 5}) + "hi"),
        "truncated at 4: the stream ends; at least 3 bytes are missing"
    );
    EXPECT_EQ(
        fault_of("{preset: lines, max_frame: 4B}", "longer"),
        "too_large at 4: no end within the limit of 4 bytes"
    );
    EXPECT_EQ(
        fault_of("{preset: u8, empty: error}", bytes({0})), "empty_frame at 0: the payload is empty"
    );
}

TEST(FrameFault, IsWithinTheBytesForAnyStream) {
    for (const std::string& preset : test::stream_presets()) {
        for (int seed = 0; seed < 64; ++seed) {
            codec::Framing framing = test::preset(preset);
            framing.max_frame_bytes = std::min<std::size_t>(framing.max_frame_bytes, 40);
            std::string stream;
            for (int i = 0; i < 64; ++i) {
                stream.push_back(static_cast<char>((seed * 31 + i * i * (seed + 7)) & 0xFF));
            }
            FrameReader reader(framing, pieces_of(stream, 5));
            FrameEvent event = reader.next();
            while (event.kind == FrameEvent::Kind::frame || event.kind == FrameEvent::Kind::skipped
            ) {
                event = reader.next();
            }
            if (event.kind == FrameEvent::Kind::bad) {
                const FrameFault fault = find_fault(framing, event.bytes, event.error);
                EXPECT_LE(fault.at, event.bytes.size()) << preset;
                EXPECT_FALSE(fault.reason.empty()) << preset;
            }
        }
    }
}

}  // namespace
}  // namespace telex::cli
