#pragma once
// A syslog message in its parts. Reads the forms that programs and devices send:
//
//   rfc5424   <34>1 2026-11-29T18:33:00.124Z host app 77 ID47 [ex@32473 a="b"] text
//   rfc3164   <34>Nov 29 18:33:00 host app[77]: text
//             and its dialects: without a host (libc, journald), with an ISO time (rsyslog), with
//             fractions or a year, without a tag, with nothing but the priority (Python)
//   cisco     <189>22: router: *Nov 29 18:33:00.124 UTC: %SYS-5-CONFIG_I: text
//             with and without sequence number, host, time and mark (IOS, NX-OS, ASA)
//   unknown   everything else: no priority, or a broken RFC 5424 header
//
// One pass over the header, at most two over a part of it; the text is not read. Nothing is copied
// or allocated, so the parts are views into the message. No part is longer than its limit below:
// a longer word belongs to the text.
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::session::syslog {

enum class SyslogFormat : std::uint8_t { unknown, rfc3164, rfc5424, cisco };

// "rfc5424"
std::string_view name_of(SyslogFormat format);

inline constexpr std::size_t kMaxTime = 64;
inline constexpr std::size_t kMaxHost = 255;
inline constexpr std::size_t kMaxApp = 128;
inline constexpr std::size_t kMaxProcid = 128;
inline constexpr std::size_t kMaxMsgid = 64;

// Views into the message. An absent part is empty.
struct SyslogMessage {
    SyslogFormat format = SyslogFormat::unknown;
    // facility * 8 + severity, at most 191.
    std::optional<std::uint8_t> priority{};
    // As sent: the forms have no common precision, and RFC 3164 has neither a year nor a zone.
    std::string_view time{};
    std::string_view host{};
    // Program, or the part of a device that a Cisco mark names.
    std::string_view app{};
    std::string_view procid{};
    std::string_view msgid{};
    // Structured data with its brackets and escapes.
    std::string_view data{};
    // Everything before the text.
    ByteView header{};
    // The message without its header; the whole message if that is unknown.
    ByteView text{};
};

SyslogMessage parse_syslog(ByteView message);

}  // namespace telex::session::syslog
