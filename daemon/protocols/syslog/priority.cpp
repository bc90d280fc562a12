#include "protocols/syslog/priority.hpp"

#include <array>
#include <cstddef>

namespace telex::session::syslog {
namespace {

constexpr std::size_t kMaxPriorityDigits = 3;
constexpr unsigned kSeverityBits = 3;
constexpr unsigned kSeverityMask = 7;
constexpr unsigned kDecimalBase = 10;

constexpr std::array<std::string_view, 8> kSeverities = {
    "emerg",
    "alert",
    "crit",
    "err",
    "warning",
    "notice",
    "info",
    "debug",
};

// RFC 5424 names 12 to 15 log audit, log alert and clock daemon; systems differ.
constexpr std::array<std::string_view, 24> kFacilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7",
};

}  // namespace

std::optional<std::uint8_t> take_priority(TextCursor& input) {
    TextCursor ahead = input;
    if (!ahead.take('<')) {
        return std::nullopt;
    }
    unsigned value = 0;
    std::size_t digits = 0;
    for (; digits < kMaxPriorityDigits && !ahead.at_end(); ++digits) {
        const char c = ahead.rest().front();
        if (!is_decimal(c)) {
            break;
        }
        value = value * kDecimalBase + static_cast<unsigned>(c - '0');
        ahead.skip(1);
    }
    if (digits == 0 || value > kMaxPriority || !ahead.take('>')) {
        return std::nullopt;
    }
    input = ahead;
    return static_cast<std::uint8_t>(value);
}

std::string_view severity_name(std::uint8_t priority) {
    return kSeverities[priority & kSeverityMask];
}

std::string_view facility_name(std::uint8_t priority) {
    return kFacilities[static_cast<std::size_t>(priority) >> kSeverityBits];
}

}  // namespace telex::session::syslog
