#include "codec/framing.hpp"
#include "config/load.hpp"
#include "test_environment.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

namespace telex::config {
namespace {

using codec::Framing;
using codec::FramingKind;
using codec::LengthEncoding;

// The listener of a raw port whose framing is `value`.
server::ListenerOptions listener_with(std::string_view value, std::string_view more = "") {
    const std::string text = fmt::format(
        "listeners:\n"
        "  - name: a\n"
        "    address: tcp://127.0.0.1:0\n"
        "    protocol: raw\n"
        "    publish: a\n"
        "    framing: {}\n{}",
        value,
        more
    );
    LoadResult result = load_text("test", text, fixed_environment());
    EXPECT_EQ(render(result.diagnostics), "");
    return result.config ? result.config->listeners.at(0) : server::ListenerOptions{};
}

TEST(FramingReader, AcceptsEveryPreset) {
    for (const codec::PresetInfo& preset : codec::presets()) {
        if (preset.name == "datagram") {
            continue;  // not for a stream
        }
        const std::string name = preset.name == "fixed:N" ? "fixed:128" : std::string(preset.name);
        const auto options = listener_with(name);
        EXPECT_EQ(options.framing, *codec::parse_preset(name)) << name;
        EXPECT_EQ(options.framing_name, name);
        EXPECT_EQ(options.session.max_frame_bytes, options.framing.max_frame_bytes);
    }
}

TEST(FramingReader, ChangesAPreset) {
    const auto options = listener_with("{preset: u16be, max_frame: 4KiB, oversize: discard}");
    Framing expected = *codec::parse_preset("u16be");
    expected.max_frame_bytes = 4'096;
    expected.oversize = codec::Oversize::discard;
    EXPECT_EQ(options.framing, expected);
    EXPECT_EQ(options.framing_name, "custom");
}

TEST(FramingReader, ReadsEveryLengthKey) {
    const auto options = listener_with(
        "{kind: length, empty: error, max_encode: 2KiB, length: {width: 2, order: little, at: 3, "
        "counts: frame, adjust: -1, trailer: \"hex:0d0a\", keep_head: true}}"
    );
    Framing expected;
    expected.length.encoding = LengthEncoding::binary;
    expected.length.width = 2;
    expected.length.order = codec::ByteOrder::little;
    expected.length.at = 3;
    expected.length.counts = codec::LengthCounts::frame;
    expected.length.adjust = -1;
    expected.length.trailer = "\r\n";
    expected.length.keep_head = true;
    expected.empty = codec::EmptyFrames::error;
    expected.max_encode_bytes = 2'048;
    expected.max_frame_bytes = codec::default_max_frame_bytes(expected);
    EXPECT_EQ(options.framing, expected);
}

TEST(FramingReader, ReadsDecimalAndVarintKeys) {
    const auto decimal = listener_with(
        "{kind: length, length: {encoding: decimal, terminator: \":\", canonical: false}}"
    );
    EXPECT_EQ(decimal.framing.length.encoding, LengthEncoding::decimal);
    EXPECT_EQ(decimal.framing.length.width, 10);
    EXPECT_EQ(decimal.framing.length.terminator, ":");
    EXPECT_FALSE(decimal.framing.length.canonical);
    const auto varint = listener_with("{kind: length, length: {encoding: leb128}}");
    EXPECT_EQ(varint.framing, *codec::parse_preset("protobuf-delimited"));
}

TEST(FramingReader, ReadsTheOtherEncodings) {
    const auto adb = listener_with("{kind: length, length: {encoding: hex, width: 4}}").framing;
    EXPECT_EQ(adb.length.encoding, LengthEncoding::hex);
    EXPECT_EQ(adb.max_frame_bytes, 65'535U);
    const auto iso8583 =
        listener_with("{kind: length, length: {encoding: decimal, width: 4, canonical: false}}");
    EXPECT_EQ(iso8583.framing.length.terminator, "");
    EXPECT_EQ(iso8583.framing.max_frame_bytes, 9'999U);
    const auto bcd = listener_with("{kind: length, length: {encoding: bcd}}").framing;
    EXPECT_EQ(bcd.length.width, 2);
    const auto ldap = listener_with("{kind: length, length: {encoding: ber, at: 1}}").framing;
    EXPECT_EQ(ldap.length.width, 4);
    const auto chunks =
        listener_with("{kind: length, length: {encoding: hex, terminator: \"\\r\\n\"}}").framing;
    EXPECT_EQ(chunks.length.width, 8);
}

TEST(FramingReader, ReadsHeaderKeys) {
    const auto custom = listener_with(
        "{kind: headers, headers: {length: [Size, n], first_line: start, without: "
        "trailer, trailer: \"hex:00\", write_head: \"OK\\r\\n\", head_limit: 1KiB}}"
    );
    Framing expected;
    expected.kind = FramingKind::headers;
    expected.length = custom.framing.length;
    expected.headers.lengths = {"Size", "n"};
    expected.headers.first_line = codec::FirstLine::start;
    expected.headers.without = codec::WithoutLength::trailer;
    expected.headers.trailer = std::string(1, '\0');
    expected.headers.write_head = "OK\r\n";
    expected.headers.head_limit = 1'024;
    EXPECT_EQ(custom.framing, expected);
    const auto kept = listener_with("{preset: http, headers: {keep_head: true}}");
    EXPECT_EQ(kept.framing.headers.write_head, "") << "of the preset";
}

TEST(FramingReader, ReadsValueKeys) {
    const auto cbor = listener_with("{kind: value, format: cbor, nesting: 5}").framing;
    EXPECT_EQ(cbor.kind, FramingKind::value);
    EXPECT_EQ(cbor.format, codec::ValueFormat::cbor);
    EXPECT_EQ(cbor.nesting, 5);
}

TEST(FramingReader, ReadsContainedFramings) {
    const auto framing =
        listener_with(
            "{preset: u32be, first: {framing: {preset: u8, max_frame: 9B}, frames: 2, "
            "begins: \"x\"}, write: lines, unframed: [N, \"hex:00\"]}"
        )
            .framing;
    ASSERT_EQ(framing.first.framing.size(), 1U);
    EXPECT_EQ(framing.first.framing.front().max_frame_bytes, 9U);
    EXPECT_EQ(framing.first.frames, 2U);
    EXPECT_EQ(framing.first.begins, "x");
    EXPECT_EQ(framing.written(), *codec::parse_preset("lines"));
    EXPECT_EQ(framing.unframed, (std::vector<std::string>{"N", std::string(1, '\0')}));
}

TEST(FramingReader, ReadsKeysOfBinaryLengths) {
    const auto rpc = listener_with(
        "{kind: length, length: {width: 4, mask: \"hex:7fffffff\", flags: \"hex:80000000\"}}"
    );
    EXPECT_EQ(rpc.framing.length.mask, "\x7F\xFF\xFF\xFF");
    EXPECT_EQ(rpc.framing.length.flags, std::string("\x80\0\0\0", 4));
    const auto fastcgi = listener_with(
        "{kind: length, length: {width: 2, at: 4, head_size: 8, padding_at: 6, padding_width: 1}}"
    );
    EXPECT_EQ(fastcgi.framing.length.head_size, 8);
    EXPECT_EQ(fastcgi.framing.length.padding_at, 6);
    EXPECT_EQ(fastcgi.framing.length.padding_width, 1);
    const auto words = listener_with("{kind: length, length: {width: 2, unit: 4, align: 8}}");
    EXPECT_EQ(words.framing.length.unit, 4);
    EXPECT_EQ(words.framing.length.align, 8);
}

TEST(FramingReader, PutsTheLengthBehindALiteralHead) {
    const auto zabbix =
        listener_with("{kind: length, length: {head: \"ZBXD\\x01\", order: little, adjust: 4}}");
    EXPECT_EQ(zabbix.framing.length.head, "ZBXD\x01");
    EXPECT_EQ(zabbix.framing.length.at, 5);
    EXPECT_EQ(listener_with("{kind: length, length: {head: T, at: 2}}").framing.length.at, 2);
}

TEST(FramingReader, ReadsStuffingKeys) {
    const auto options = listener_with(
        "{kind: stuffed, stuffing: hdlc, checksum: fcs16, leading_end: false, damaged: discard, "
        "discard_budget: 1KiB}"
    );
    EXPECT_EQ(options.framing.stuffing, codec::Stuffing::hdlc);
    EXPECT_EQ(options.framing.checksum, codec::Checksum::fcs16);
    EXPECT_FALSE(options.framing.leading_end);
    EXPECT_EQ(options.framing.damaged, codec::Damaged::discard);
    EXPECT_EQ(options.framing.discard_budget, 1'024U);
}

TEST(FramingReader, ReadsEveryDelimiterKey) {
    const auto options = listener_with(
        "{kind: delimiter, delimiter: {start: \"hex:0b\", end: [\"\\r\\n\", \"hex:00\", "
        "\"\\u00e4\"], "
        "optional_cr: true, keep: true, at_eof: drop}, oversize: discard, discard_budget: 1MiB}"
    );
    const codec::DelimiterOptions& delimiter = options.framing.delimiter;
    EXPECT_EQ(delimiter.ends, (std::vector<std::string>{"\r\n", std::string(1, '\0'), "\xc3\xa4"}));
    EXPECT_EQ(delimiter.start, "\x0B");
    EXPECT_EQ(delimiter.write, "\r\n");
    EXPECT_TRUE(delimiter.optional_cr);
    EXPECT_TRUE(delimiter.keep);
    EXPECT_EQ(delimiter.at_eof, codec::AtEof::drop);
    EXPECT_EQ(options.framing.discard_budget, 1U << 20U);
    const auto other = listener_with("{kind: delimiter, delimiter: {end: a, write: b}}");
    EXPECT_EQ(other.framing.delimiter.write, "b");
}

TEST(FramingReader, ReadsTheOtherKinds) {
    const auto fixed = listener_with("{kind: fixed, size: 128B}");
    EXPECT_EQ(fixed.framing, [] {
        Framing framing = *codec::parse_preset("fixed:128");
        framing.length.encoding = LengthEncoding::binary;
        framing.length.width = 4;
        return framing;
    }());
    EXPECT_EQ(
        listener_with("{kind: stuffed, stuffing: slip}").framing.stuffing, codec::Stuffing::slip
    );
    EXPECT_EQ(
        listener_with("{preset: syslog, syslog_write: lines}").framing.syslog_write,
        codec::SyslogWrite::lines
    );
}

TEST(FramingReader, ReadsTrim) {
    const auto options =
        listener_with("{kind: length, length: {width: 1}, trim: [\"\\n\", \"hex:00\"]}");
    EXPECT_EQ(options.framing.trim, (std::vector<std::string>{"\n", std::string(1, '\0')}));
    EXPECT_EQ(
        listener_with("{preset: u8, trim: \"\\0\"}").framing.trim,
        std::vector<std::string>{std::string(1, '\0')}
    );
    EXPECT_TRUE(listener_with("{preset: syslog, trim: []}").framing.trim.empty());
}

TEST(FramingReader, AppliesTrimToPacketSockets) {
    const auto packets = load_text(
        "test",
        "listeners:\n"
        "  - {name: a, address: 'udp://127.0.0.1:0', protocol: raw, publish: a, framing: syslog}\n"
        "  - {name: b, address: 'unix-dgram:///run/b', protocol: raw, publish: b,\n"
        "     framing: {kind: datagram, trim: \"\\n\"}}\n",
        fixed_environment()
    );
    EXPECT_EQ(render(packets.diagnostics), "");
    ASSERT_TRUE(packets.config);
    EXPECT_EQ(packets.config->listeners[0].framing, *codec::parse_preset("syslog"));
    EXPECT_EQ(packets.config->listeners[1].framing.trim, std::vector<std::string>{"\n"});
}

// Lines of docs/framing.md that are framings.
TEST(FramingReader, AcceptsTheExamplesOfTheDocumentation) {
    const auto path = std::filesystem::path(TELEX_SOURCE_DIR) / "docs/framing.md";
    std::istringstream page(read_whole(path));
    std::size_t examples = 0;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("{kind: ")) {
            continue;
        }
        ++examples;
        const bool packets = line.starts_with("{kind: datagram");
        const LoadResult result = load_text(
            "test",
            fmt::format(
                "listeners:\n  - name: a\n    address: {}://127.0.0.1:0\n    protocol: raw\n"
                "    publish: a\n    framing: {}\n",
                packets ? "udp" : "tcp",
                line
            ),
            fixed_environment()
        );
        EXPECT_EQ(render(result.diagnostics), "");
    }
    EXPECT_GE(examples, 4U);
}

TEST(FramingReader, FindsNamedFramingsBelowTheirUse) {
    const auto options = listener_with(
        "meter", "framings:\n  meter: {kind: length, length: {width: 2, counts: frame}}\n"
    );
    EXPECT_EQ(options.framing.length.width, 2);
    EXPECT_EQ(options.framing_name, "meter");
}

TEST(FramingReader, ListenerLimitOverridesTheFraming) {
    const auto options =
        listener_with("{preset: lines, max_frame: 64KiB}", "    limits: {max_frame: 8KiB}\n");
    EXPECT_EQ(options.framing.max_frame_bytes, 8'192U);
    EXPECT_EQ(options.session.max_frame_bytes, 8'192U);
}

TEST(FramingReader, LowersLimitsToTheFrameSize) {
    const auto options = listener_with("u8");
    EXPECT_EQ(options.session.max_frame_bytes, 255U);
    EXPECT_EQ(options.session.max_frame_bytes_before_hello, 255U);
    EXPECT_EQ(options.session.max_header_bytes, 255U);
}

}  // namespace
}  // namespace telex::config
