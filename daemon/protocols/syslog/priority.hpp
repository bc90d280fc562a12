#pragma once
// The priority of a syslog message, <facility * 8 + severity>, and the names of its two parts.
#include "protocols/syslog/text_cursor.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace telex::session::syslog {

inline constexpr std::uint8_t kMaxPriority = 191;

// Takes "<34>": one to three digits, at most 191. Takes nothing and returns nothing otherwise.
std::optional<std::uint8_t> take_priority(TextCursor& input);

// "emerg" to "debug", as in syslog.conf.
std::string_view severity_name(std::uint8_t priority);

// "kern" to "local7". Requires a valid priority.
std::string_view facility_name(std::uint8_t priority);

}  // namespace telex::session::syslog
