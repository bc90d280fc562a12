#pragma once
// Framing options: filled from a preset or option by option, compared, validated, then passed to
// make_decoder() (decoder.hpp) and make_encoder() (encoder.hpp).
//
//   frame = [head] [other bytes] length field [other bytes]
//           body [padding] trailer                                      kind length
//         = several of these                                            with continuation
//         = [start] content delimiter                                   kind delimiter
//         = exactly fixed_bytes bytes                                   kind fixed
//         = [end byte] stuffed content and checksum, end byte           kind stuffed
//         = [start] stuffed content, end                                kind stuffed: dot, dle
//         = either of the first two, detected per frame (RFC 6587)      kind syslog
//         = header lines, blank line, body, trailer                     kind headers
//         = one self-delimiting value                                  kind value
//         = the bytes up to a pause of the sender                       kind idle
//         = one packet                                                  kind datagram
#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::codec {

enum class FramingKind : std::uint8_t {
    length,
    delimiter,
    fixed,
    stuffed,
    syslog,
    headers,
    value,
    idle,
    datagram
};
enum class LengthEncoding : std::uint8_t { binary, leb128, decimal, hex, bcd, ber };
enum class ByteOrder : std::uint8_t { big, little };
// The bytes that the length field counts: the body; everything from the field's first byte on; or
// the whole frame. The last two include head and trailer.
enum class LengthCounts : std::uint8_t { body, from_field, frame };
// How the head of a part says whether it is the last one of its frame: it always is; bits are set
// in the last part; bits are set in all others; a part with the largest length is not the last.
enum class Continuation : std::uint8_t { none, last, more, full };
enum class AtEof : std::uint8_t { emit, drop, error };
enum class EmptyFrames : std::uint8_t { deliver, ignore, error };
enum class Oversize : std::uint8_t { close, discard };
enum class Stuffing : std::uint8_t { cobs, slip, hdlc, dot, dle };
// fcs16: the frame check sequence of RFC 1662, appended to the content.
enum class Checksum : std::uint8_t { none, fcs16 };
// Handling of a stuffed frame with wrong escapes or a wrong checksum, and of bytes between frames.
enum class Damaged : std::uint8_t { close, discard };
enum class SyslogWrite : std::uint8_t { counted, lines };
// The first line of a block of headers: a header if it has the form of one, else a start line;
// always a header; or never one, whatever its form.
enum class FirstLine : std::uint8_t { either, header, start };
// The body behind headers without a length: there is none; the frame is an error; it ends at the
// trailer; or with the stream.
enum class WithoutLength : std::uint8_t { empty, error, trailer, close };

enum class ValueFormat : std::uint8_t { json, msgpack, cbor, resp };

inline constexpr std::size_t kDefaultMaxFrameBytes = std::size_t{1} << 20U;
// Upper bound of all limits: every sum of sizes in this module stays far from overflow.
inline constexpr std::size_t kMaxFrameBytesCeiling = std::size_t{1} << 30U;
// Longest head of a length framing: the bytes before the field, the field, its terminator.
inline constexpr std::size_t kMaxLengthHeadBytes = std::size_t{4} << 10U;
// Parts of a frame, each with its own length.
inline constexpr std::uint32_t kDefaultParts = 1'024;
inline constexpr std::uint32_t kMaxParts = 65'536;
// Blocks of headers.
inline constexpr std::size_t kDefaultHeadLimit = std::size_t{8} << 10U;
inline constexpr std::size_t kMaxHeadLimit = std::size_t{64} << 10U;
inline constexpr std::size_t kMaxWriteHeadBytes = std::size_t{4} << 10U;
// Pauses that end a frame.
inline constexpr std::chrono::milliseconds kDefaultIdle{20};
inline constexpr std::chrono::milliseconds kMinIdle{1};
inline constexpr std::chrono::milliseconds kMaxIdle{60'000};
// Values inside of values, brackets inside of brackets.
inline constexpr std::uint16_t kDefaultNesting = 128;
inline constexpr std::uint16_t kMaxNesting = 1'024;
inline constexpr std::size_t kDefaultDiscardBudget = std::size_t{16} << 20U;

struct LengthOptions {
    LengthEncoding encoding = LengthEncoding::leb128;
    // Size of the field. binary: bytes, 1-8. bcd: bytes of two digits, 1-9. leb128: maximum bytes,
    // 1-10. ber: maximum bytes of the number in the long form, 1-8. decimal, hex: digits, 1-19 and
    // 1-16: the maximum if there is a terminator, else exactly this number.
    std::uint8_t width = 5;
    ByteOrder order = ByteOrder::big;  // binary
    // Literal at the beginning of each frame, checked from its first byte on.
    std::string head;
    // Number of bytes before the field. Those after `head` are not interpreted, and written as
    // zeros.
    std::uint16_t at = 0;
    // binary: size of the head if it has bytes behind the field, which are written as zeros; else
    // 0.
    std::uint16_t head_size = 0;
    // binary: bits of the field that are the length, and the other bits as they are written; as on
    // the wire, `width` bytes. Empty: all bits are the length.
    std::string mask;
    std::string flags;
    std::uint16_t unit = 1;                    // binary: bytes of each unit that the field counts
    LengthCounts counts = LengthCounts::body;  // fields of variable size: body only
    // Body size = field * unit - other bytes that the field counts + adjust.
    std::int32_t adjust = 0;
    // binary: padding behind the body, which nothing counts and which is not delivered. The body is
    // padded to a multiple of `align` bytes; and a second field, of `padding_width` bytes at
    // `padding_at`, may say how many more bytes follow. It is written as 0.
    std::uint8_t align = 1;
    std::uint16_t padding_at = 0;
    std::uint8_t padding_width = 0;
    // binary: frames of several parts. `continuation_bits`: bits of the field, as on the wire,
    // `width` bytes, of `last` and `more`.
    Continuation continuation = Continuation::none;
    std::string continuation_bits;
    std::uint32_t parts = kDefaultParts;  // maximum number in a frame
    // leb128, ber, and digits before a terminator: reject a notation longer than necessary (80 00,
    // 81 05, "007").
    bool canonical = true;
    std::string terminator;  // decimal, hex: ends the digits
    std::string trailer;     // literal after the body
    // The payload is the frame from its first byte to the end of the body, so it is never empty. A
    // payload to be written includes its own head, which is checked.
    bool keep_head = false;

    friend bool operator==(const LengthOptions&, const LengthOptions&) = default;
};

struct DelimiterOptions {
    // Literal at the beginning of each frame, checked from its first byte on. It is not part of the
    // payload, unless `keep`.
    std::string start;
    // Each of these bytes may stand before `start`, any number of times; they are not part of a
    // frame. A payload to be written with `keep` may begin with them.
    std::string skip;
    // Each of these ends a frame. The one that is complete first wins; of several, the longest.
    std::vector<std::string> ends = {"\n"};
    std::string write = "\n";  // what the encoder appends
    bool optional_cr = false;  // drop one CR before the delimiter
    bool keep = false;         // the payload includes its delimiter (and CR), and `start`
    // Number of bytes behind the delimiter that belong to the frame. Only with `keep`: the payload
    // includes them, read and written.
    std::uint8_t after = 0;
    // No delimiter ends a frame within quotes or brackets. `quotes`: each byte begins and ends
    // quoted content. `escape`: one byte; the byte behind it has no meaning there. `brackets`:
    // pairs of an opening and a closing byte.
    std::string quotes;
    std::string escape;
    std::string brackets;
    AtEof at_eof = AtEof::error;

    friend bool operator==(const DelimiterOptions&, const DelimiterOptions&) = default;
};

// Bytes behind the DLE that begins a frame, and behind the one that ends it: one byte each.
struct DleOptions {
    std::string start = "\x02";  // empty: none, the payload follows the DLE
    std::string end = "\x03";

    friend bool operator==(const DleOptions&, const DleOptions&) = default;
};

// Lines that end with LF or CR LF, up to a blank one, then the body: HTTP, SIP, LSP, STOMP.
struct HeaderOptions {
    // Names of the header with the size of the body in decimal digits, in any case. The first is
    // written.
    std::vector<std::string> lengths = {"Content-Length"};
    FirstLine first_line = FirstLine::either;
    WithoutLength without = WithoutLength::empty;
    std::string trailer;     // literal after each body
    std::string write_head;  // whole lines that are written before the length
    // Protocol of the status line that a server writes in place of a reply it does not have, such
    // as "HTTP/1.1"; empty: it writes nothing.
    std::string refuse_as;
    // The payload is the frame without its trailer. A payload to be written includes its own
    // headers, which are checked.
    bool keep_head = false;
    std::size_t head_limit = kDefaultHeadLimit;  // bytes up to the body

    friend bool operator==(const HeaderOptions&, const HeaderOptions&) = default;
};

struct Framing;

inline constexpr std::uint32_t kAnyFrames = 0xFFFF'FFFF;

// Frames at the beginning of a stream that have another form. They end after `frames`, or at the
// first that does not begin with `begins`.
struct FirstFrames {
    std::vector<Framing> framing;  // one, or none: all frames have the same form
    std::uint32_t frames = kAnyFrames;
    std::string begins;

    friend bool operator==(const FirstFrames&, const FirstFrames&);
};

struct Framing {
    FramingKind kind = FramingKind::length;
    LengthOptions length;                             // kind length
    DelimiterOptions delimiter;                       // kinds delimiter and syslog
    std::size_t fixed_bytes = 0;                      // kind fixed
    Stuffing stuffing = Stuffing::cobs;               // kind stuffed
    bool leading_end = true;                          // slip, hdlc: write the end byte before, too
    Checksum checksum = Checksum::none;               // hdlc
    Damaged damaged = Damaged::close;                 // kind stuffed
    DleOptions dle;                                   // stuffing dle
    SyslogWrite syslog_write = SyslogWrite::counted;  // kind syslog
    HeaderOptions headers;                            // kind headers
    ValueFormat format = ValueFormat::json;           // kind value
    std::uint16_t nesting = kDefaultNesting;          // kind value, brackets: maximum depth
    std::chrono::milliseconds idle = kDefaultIdle;    // kind idle: the pause that ends a frame
    // Kinds length, datagram and syslog (counted messages): one of these endings is removed from
    // the end of a payload (trim.hpp).
    std::vector<std::string> trim;
    // Encoders reject an empty payload unless this is `deliver`.
    EmptyFrames empty = EmptyFrames::deliver;
    Oversize oversize = Oversize::close;
    // Maximum size of a payload, read and written: as delivered, without what was removed.
    std::size_t max_frame_bytes = kDefaultMaxFrameBytes;
    std::optional<std::size_t> max_encode_bytes;  // defaults to max_frame_bytes
    // Oversize::discard, Damaged::discard: maximum bytes discarded in a row, without a good frame
    // between.
    std::size_t discard_budget = kDefaultDiscardBudget;

    FirstFrames first;
    std::vector<Framing> write;         // framing of what is written, if it differs
    std::vector<std::string> unframed;  // payloads that are written as they are

    std::size_t encode_limit() const { return max_encode_bytes.value_or(max_frame_bytes); }

    bool has_contained() const {
        return !first.framing.empty() || !write.empty() || !unframed.empty();
    }

    // The framing of what is written.
    const Framing& written() const { return write.empty() ? *this : write.front(); }

    friend bool operator==(const Framing&, const Framing&) = default;
};

// Frames may begin with the start line of a request.
inline bool has_start_lines(const Framing& framing) {
    return framing.kind == FramingKind::headers && framing.headers.first_line != FirstLine::header;
}

inline bool operator==(const FirstFrames& left, const FirstFrames& right) {
    return left.framing == right.framing && left.frames == right.frames &&
           left.begins == right.begins;
}

struct PresetInfo {
    std::string_view name;  // as typed; "fixed:N" stands for every N
    std::string_view doc;   // one line
};

// Every preset, in the order of the documentation.
std::span<const PresetInfo> presets();

// "u16be", "lines", "fixed:128", ... The error is one line that lists the allowed values.
[[nodiscard]] Result<Framing, std::string> parse_preset(std::string_view text);

// Returns nullopt, or one line that says why the combination is impossible.
[[nodiscard]] std::optional<std::string> validate(const Framing& framing);

// Size of the longest payload that the framing can express, regardless of limits (saturated).
std::uint64_t largest_payload(const Framing& framing);

// The default limit: kDefaultMaxFrameBytes, or less if the framing cannot express it.
std::size_t default_max_frame_bytes(const Framing& framing);

}  // namespace telex::codec
