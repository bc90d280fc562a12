#pragma once
// Framing options: filled from a preset or option by option, compared, validated, then passed to
// make_decoder() (decoder.hpp) and make_encoder() (encoder.hpp).
//
//   frame = [bytes before the field] length field  body  trailer        kind length
//         = content delimiter                                           kind delimiter
//         = exactly fixed_bytes bytes                                   kind fixed
//         = stuffed content, one terminator byte                        kind stuffed
//         = either of the first two, detected per frame (RFC 6587)      kind syslog
//         = one packet                                                  kind datagram
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::codec {

enum class FramingKind : std::uint8_t { length, delimiter, fixed, stuffed, syslog, datagram };
enum class LengthEncoding : std::uint8_t { binary, leb128, decimal };
enum class ByteOrder : std::uint8_t { big, little };
// The bytes that the length field counts: the body; everything from the field's first byte on; or
// the whole frame. The last two include head and trailer.
enum class LengthCounts : std::uint8_t { body, from_field, frame };
enum class AtEof : std::uint8_t { emit, drop, error };
enum class EmptyFrames : std::uint8_t { deliver, ignore, error };
enum class Oversize : std::uint8_t { close, discard };
enum class Stuffing : std::uint8_t { cobs, slip };
enum class SyslogWrite : std::uint8_t { counted, lines };

inline constexpr std::size_t kDefaultMaxFrameBytes = std::size_t{1} << 20U;
// Upper bound of all limits: every sum of sizes in this module stays far from overflow.
inline constexpr std::size_t kMaxFrameBytesCeiling = std::size_t{1} << 30U;
// Longest head of a length framing: the bytes before the field, the field, its terminator.
inline constexpr std::size_t kMaxLengthHeadBytes = std::size_t{4} << 10U;
inline constexpr std::size_t kDefaultDiscardBudget = std::size_t{16} << 20U;

struct LengthOptions {
    LengthEncoding encoding = LengthEncoding::leb128;
    // Size of the field. binary: bytes, 1-8; leb128: maximum bytes, 1-10; decimal: maximum digits,
    // 1-19.
    std::uint8_t width = 5;
    ByteOrder order = ByteOrder::big;  // binary
    // Number of bytes before the field. They are not interpreted, and written as zeros.
    std::uint16_t at = 0;
    LengthCounts counts = LengthCounts::body;  // leb128 and decimal: body only
    // Body size = field - other bytes that the field counts + adjust.
    std::int32_t adjust = 0;
    // leb128, decimal: reject a notation longer than necessary (80 00, "007").
    bool canonical = true;
    std::string terminator;  // decimal: ends the digits; not empty
    std::string trailer;     // literal after the body
    // The payload is the frame from its first byte to the end of the body, so it is never empty. A
    // payload to be written includes its own head, which is checked.
    bool keep_head = false;

    friend bool operator==(const LengthOptions&, const LengthOptions&) = default;
};

struct DelimiterOptions {
    // Each of these ends a frame. The one that is complete first wins; of several, the longest.
    std::vector<std::string> ends = {"\n"};
    std::string write = "\n";  // what the encoder appends
    bool optional_cr = false;  // drop one CR before the delimiter
    bool keep = false;         // the payload includes its delimiter (and CR)
    AtEof at_eof = AtEof::error;

    friend bool operator==(const DelimiterOptions&, const DelimiterOptions&) = default;
};

struct Framing {
    FramingKind kind = FramingKind::length;
    LengthOptions length;                             // kind length
    DelimiterOptions delimiter;                       // kinds delimiter and syslog
    std::size_t fixed_bytes = 0;                      // kind fixed
    Stuffing stuffing = Stuffing::cobs;               // kind stuffed
    SyslogWrite syslog_write = SyslogWrite::counted;  // kind syslog
    // Kinds length, datagram and syslog (counted messages): one of these endings is removed from
    // the end of a payload (trim.hpp).
    std::vector<std::string> trim;
    // Encoders reject an empty payload unless this is `deliver`.
    EmptyFrames empty = EmptyFrames::deliver;
    Oversize oversize = Oversize::close;
    // Maximum size of a payload, read and written: as delivered, without what was removed.
    std::size_t max_frame_bytes = kDefaultMaxFrameBytes;
    std::optional<std::size_t> max_encode_bytes;  // defaults to max_frame_bytes
    // Oversize::discard: maximum bytes discarded in a row, without a good frame between.
    std::size_t discard_budget = kDefaultDiscardBudget;

    std::size_t encode_limit() const { return max_encode_bytes.value_or(max_frame_bytes); }

    friend bool operator==(const Framing&, const Framing&) = default;
};

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
