// The named framings.
#include "codec/framing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>

namespace telex::codec {

namespace {

constexpr std::string_view kFixedPrefix = "fixed:";

Framing varint() {
    return {};  // the default: LEB128 of at most five bytes
}

template <std::uint8_t width, ByteOrder order>
Framing binary() {
    Framing framing;
    framing.length.encoding = LengthEncoding::binary;
    framing.length.width = width;
    framing.length.order = order;
    return framing;
}

Framing netstring() {
    Framing framing;
    framing.length.encoding = LengthEncoding::decimal;
    framing.length.width = 10;
    framing.length.terminator = ":";
    framing.length.trailer = ",";
    return framing;
}

Framing delimited(std::string end, AtEof at_eof) {
    Framing framing;
    framing.kind = FramingKind::delimiter;
    framing.delimiter.ends = {end};
    framing.delimiter.write = std::move(end);
    framing.delimiter.at_eof = at_eof;
    return framing;
}

// Users and scripts may end their input without a newline: the last line is a frame.
Framing lines() {
    Framing framing = delimited("\n", AtEof::emit);
    framing.delimiter.optional_cr = true;
    return framing;
}

// CRLF separates commands: an incomplete command must not run.
Framing crlf() {
    return delimited("\r\n", AtEof::error);
}

Framing nul() {
    return delimited(std::string(1, '\0'), AtEof::emit);
}

Framing started(std::string start, std::string end) {
    Framing framing = delimited(std::move(end), AtEof::error);
    framing.delimiter.start = std::move(start);
    return framing;
}

// HL7's minimal lower layer protocol: VT, message, FS, CR.
Framing mllp() {
    return started("\x0B", "\x1C\r");
}

// RFC 7464: RS before each text, LF behind it.
Framing json_seq() {
    return started("\x1E", "\n");
}

// RFC 1006: version 3, a reserved byte, and the length with these four bytes.
Framing tpkt() {
    Framing framing = binary<2, ByteOrder::big>();
    framing.length.head = std::string("\x03\0", 2);
    framing.length.at = 2;
    framing.length.counts = LengthCounts::frame;
    return framing;
}

// Senders end a message with LF, CR LF or NUL even if a count or a datagram already delimits it
// (rsyslog's templates, Python's SysLogHandler). The ending is not part of the message.
Framing syslog() {
    Framing framing = lines();
    framing.kind = FramingKind::syslog;
    framing.delimiter.ends = {"\n", std::string(1, '\0')};
    framing.trim = {"\n", "\r\n", std::string(1, '\0')};
    framing.empty = EmptyFrames::ignore;
    return framing;
}

// Requests; the replies have status 200. For another status, and to see the path: keep_head.
Framing http() {
    Framing framing;
    framing.kind = FramingKind::headers;
    framing.headers.first_line = FirstLine::start;
    framing.headers.write_head = "HTTP/1.1 200 OK\r\n";
    framing.headers.refuse_as = "HTTP/1.1";
    return framing;
}

Framing lsp() {
    Framing framing;
    framing.kind = FramingKind::headers;
    framing.headers.first_line = FirstLine::header;
    framing.headers.without = WithoutLength::error;
    return framing;
}

// A response repeats headers of its request, so payloads keep them. Over a stream the length is
// mandatory (RFC 3261 section 18.3).
Framing sip() {
    Framing framing;
    framing.kind = FramingKind::headers;
    framing.headers.lengths = {"Content-Length", "l"};
    framing.headers.first_line = FirstLine::start;
    framing.headers.without = WithoutLength::error;
    framing.headers.keep_head = true;
    return framing;
}

// The command is the first line, so payloads keep it.
Framing stomp() {
    Framing framing;
    framing.kind = FramingKind::headers;
    framing.headers.lengths = {"content-length"};
    framing.headers.first_line = FirstLine::start;
    framing.headers.without = WithoutLength::trailer;
    framing.headers.trailer = std::string(1, '\0');
    framing.headers.keep_head = true;
    return framing;
}

template <ValueFormat format>
Framing value() {
    Framing framing;
    framing.kind = FramingKind::value;
    framing.format = format;
    return framing;
}

// A type byte and a length. A client's messages until the session starts have no type; their length
// begins with 0, which is not a type. "N" is the reply to a request for TLS or GSSAPI.
Framing postgresql() {
    Framing framing = binary<4, ByteOrder::big>();
    framing.length.counts = LengthCounts::from_field;
    framing.length.keep_head = true;
    framing.first.framing = {framing};
    framing.first.framing.front().max_frame_bytes = 10'000;  // as the server
    framing.first.begins = std::string(1, '\0');
    framing.unframed = {"N"};
    framing.length.at = 1;
    return framing;
}

// AMQP 0-9-1: a header, "AMQP" and the version, then frames. A server that wants another version
// replies with a header.
Framing amqp() {
    Framing framing = binary<4, ByteOrder::big>();
    framing.length.at = 3;
    framing.length.trailer = "\xCE";
    framing.length.keep_head = true;
    Framing header;
    header.kind = FramingKind::fixed;
    header.fixed_bytes = 8;
    framing.first.framing = {header};
    framing.first.frames = 1;
    framing.first.begins = "AMQP";
    framing.unframed = {std::string("AMQP\0\0\x09\x01", 8)};
    return framing;
}

template <Stuffing stuffing>
Framing stuffed() {
    Framing framing;
    framing.kind = FramingKind::stuffed;
    framing.stuffing = stuffing;
    return framing;
}

// A TNC goes on behind a damaged frame.
Framing kiss() {
    Framing framing = stuffed<Stuffing::slip>();
    framing.damaged = Damaged::discard;
    return framing;
}

// The unit identifier follows the length, which counts it. Transactions belong to the requester, so
// payloads keep the head.
Framing modbus_tcp() {
    Framing framing = binary<2, ByteOrder::big>();
    framing.length.at = 4;
    framing.length.keep_head = true;
    return framing;
}

// A number that is never 0: a message has at least a head.
Framing dns() {
    Framing framing = binary<2, ByteOrder::big>();
    framing.empty = EmptyFrames::error;
    return framing;
}

// JSON, which is never empty.
Framing native_messaging() {
    Framing framing = binary<4, ByteOrder::little>();
    framing.empty = EmptyFrames::error;
    return framing;
}

// RFC 5531 section 11: the highest bit is set in the last fragment of a record.
Framing oncrpc() {
    Framing framing = binary<4, ByteOrder::big>();
    framing.length.continuation = Continuation::last;
    framing.length.continuation_bits = std::string("\x80\0\0\0", 4);
    return framing;
}

// FIX 4.0 to 4.4: the version, the length, which some engines write with leading zeros, and behind
// what it counts "10=", three digits and SOH.
Framing fix() {
    Framing framing;
    framing.length.encoding = LengthEncoding::decimal;
    framing.length.width = 7;
    framing.length.head = "8=FIX.4.";
    framing.length.at = 12;
    framing.length.canonical = false;
    framing.length.terminator = "\x01";
    framing.length.adjust = 7;
    framing.length.keep_head = true;
    return framing;
}

Framing datagram() {
    Framing framing;
    framing.kind = FramingKind::datagram;
    return framing;
}

struct Preset {
    PresetInfo info;
    Framing (*make)();  // nullptr for fixed:N
};

constexpr std::array kPresets = {
    Preset{{"protobuf-delimited", "varint length, then the message; the native protocol"}, varint},
    Preset{{"u8", "one length byte, at most 255 bytes"}, binary<1, ByteOrder::big>},
    Preset{{"u16be", "two length bytes, big-endian"}, binary<2, ByteOrder::big>},
    Preset{{"u16le", "two length bytes, little-endian"}, binary<2, ByteOrder::little>},
    Preset{{"u24be", "three length bytes, big-endian"}, binary<3, ByteOrder::big>},
    Preset{{"u24le", "three length bytes, little-endian"}, binary<3, ByteOrder::little>},
    Preset{{"u32be", "four length bytes, big-endian"}, binary<4, ByteOrder::big>},
    Preset{{"u32le", "four length bytes, little-endian"}, binary<4, ByteOrder::little>},
    Preset{{"u64be", "eight length bytes, big-endian"}, binary<8, ByteOrder::big>},
    Preset{{"u64le", "eight length bytes, little-endian"}, binary<8, ByteOrder::little>},
    Preset{{"netstring", "decimal length, colon, payload, comma"}, netstring},
    Preset{{"lines", "LF ends a frame, a CR before it is dropped"}, lines},
    Preset{{"crlf", "CR LF ends a frame"}, crlf},
    Preset{{"nul", "a zero byte ends a frame"}, nul},
    Preset{
        {"syslog", "RFC 6587: octet counting, or lines that LF or NUL ends, told apart per message"
        },
        syslog
    },
    Preset{{"cobs", "COBS byte stuffing, a zero byte ends a frame"}, stuffed<Stuffing::cobs>},
    Preset{{"slip", "RFC 1055 byte stuffing, C0 before and after each frame"}, stuffed<Stuffing::slip>},
    Preset{{"hdlc", "RFC 1662 byte stuffing, 7E before and after each frame"}, stuffed<Stuffing::hdlc>},
    Preset{{"kiss", "KISS frames of a TNC: slip; damaged ones are skipped"}, kiss},
    Preset{{"smtp-data", "lines up to a line of one dot: SMTP DATA, POP3, NNTP"}, stuffed<Stuffing::dot>},
    Preset{{"dle", "10 02 before, 10 03 after each frame, 10 10 inside"}, stuffed<Stuffing::dle>},
    Preset{{"mllp", "HL7 messages: 0B before, 1C 0D after each"}, mllp},
    Preset{{"json-seq", "RFC 7464 texts: 1E before, LF after each"}, json_seq},
    Preset{{"tpkt", "ISO on TCP: 03 00, length of the whole, payload"}, tpkt},
    Preset{{"modbus-tcp", "Modbus TCP with its head"}, modbus_tcp},
    Preset{{"dns", "DNS over TCP: two length bytes, never empty"}, dns},
    Preset{
        {"native-messaging", "browsers and their helpers: u32le, never empty"}, native_messaging
    },
    Preset{{"oncrpc", "ONC RPC over TCP: records of one or more fragments"}, oncrpc},
    Preset{{"fix", "FIX 4.0 to 4.4, whole messages"}, fix},
    Preset{{"http", "HTTP/1.1 bodies with Content-Length; replies say 200"}, http},
    Preset{{"lsp", "Content-Length, blank line, body: LSP and DAP"}, lsp},
    Preset{{"sip", "SIP messages with their headers"}, sip},
    Preset{{"stomp", "STOMP frames with headers, a zero byte ends them"}, stomp},
    Preset{{"json", "JSON values with or without white space between them"}, value<ValueFormat::json>},
    Preset{{"msgpack", "values of MessagePack"}, value<ValueFormat::msgpack>},
    Preset{{"cbor", "data items of CBOR"}, value<ValueFormat::cbor>},
    Preset{{"resp", "values of Redis, RESP2 and RESP3"}, value<ValueFormat::resp>},
    Preset{{"postgresql", "messages of PostgreSQL, with the first ones of a client"}, postgresql},
    Preset{{"amqp", "AMQP 0-9-1: its header, then frames"}, amqp},
    Preset{{"fixed:N", "every frame is exactly N bytes"}, nullptr},
    Preset{{"datagram", "one packet is one frame"}, datagram},
};

constexpr auto kInfos = [] {
    std::array<PresetInfo, kPresets.size()> infos{};
    for (std::size_t i = 0; i < kPresets.size(); ++i) {
        infos[i] = kPresets[i].info;
    }
    return infos;
}();

[[nodiscard]] Result<Framing, std::string> parse_fixed(std::string_view digits) {
    Framing framing;
    framing.kind = FramingKind::fixed;
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, framing.fixed_bytes);
    framing.max_frame_bytes = framing.fixed_bytes;
    if (parsed.ec != std::errc{} || parsed.ptr != end || validate(framing)) {
        return unexpected(fmt::format(
            "'fixed:{}' is not a framing: N in fixed:N is a number of bytes, 1 to {}",
            digits,
            kMaxFrameBytesCeiling
        ));
    }
    return framing;
}

}  // namespace

std::span<const PresetInfo> presets() {
    return kInfos;
}

Result<Framing, std::string> parse_preset(std::string_view text) {
    if (text.starts_with(kFixedPrefix)) {
        return parse_fixed(text.substr(kFixedPrefix.size()));
    }
    std::vector<std::string_view> names;
    for (const Preset& preset : kPresets) {
        if (preset.make != nullptr && preset.info.name == text) {
            Framing framing = preset.make();
            framing.max_frame_bytes = default_max_frame_bytes(framing);
            return framing;
        }
        names.push_back(preset.info.name);
    }
    return unexpected(fmt::format("unknown framing '{}'; one of: {}", text, fmt::join(names, ", "))
    );
}

}  // namespace telex::codec
