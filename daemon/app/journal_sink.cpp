#include "app/journal_sink.hpp"

#include "app/log_event.hpp"

#include <fmt/format.h>
#include <syslog.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace telex::app {

namespace {

// An entry is one datagram, for which the kernel gives some 200 KB, and what is a field of the line
// is in it twice.
constexpr std::size_t kLongestText = 32U << 10U;

// Cut between two characters of UTF-8, where it is too long.
std::string_view beginning_of(std::string_view text) {
    std::size_t end = std::min(text.size(), kLongestText);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80
    ) {
        --end;
    }
    return text.substr(0, end);
}

int priority_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::critical:
            return LOG_CRIT;
        case spdlog::level::err:
            return LOG_ERR;
        case spdlog::level::warn:
            return LOG_WARNING;
        case spdlog::level::info:
            return LOG_INFO;
        default:
            return LOG_DEBUG;
    }
}

std::string upper(std::string_view name) {
    std::string result(name);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
    });
    return result;
}

}  // namespace

std::vector<std::string> journal_fields(const spdlog::details::log_msg& line) {
    const std::string_view text = beginning_of({line.payload.data(), line.payload.size()});
    const std::size_t more = line.payload.size() - text.size();
    std::vector<std::string> fields{
        fmt::format("MESSAGE={}{}", text, more == 0 ? "" : fmt::format(" (and {} bytes)", more)),
        fmt::format("PRIORITY={}", priority_of(line.level)),
        "SYSLOG_IDENTIFIER=telexd",
    };
    if (const LogEvent* const event = event_of(text); event != nullptr) {
        fields.push_back(fmt::format("MESSAGE_ID={}", event->message_id));
        fields.push_back(fmt::format("TELEX_EVENT={}", event->name));
        for (const auto& [name, value] : fields_of(text)) {
            fields.push_back(fmt::format("TELEX_{}={}", upper(name), value));
        }
    }
    return fields;
}

}  // namespace telex::app
