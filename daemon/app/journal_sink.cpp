#include "app/journal_sink.hpp"

#include "app/log_event.hpp"

#include <fmt/format.h>
#include <sys/uio.h>
#include <syslog.h>

// The place in the source is the logger's, and of no use to anybody.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include <algorithm>
#include <cctype>

namespace telex::app {

namespace {

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
    const std::string_view text(line.payload.data(), line.payload.size());
    std::vector<std::string> fields{
        fmt::format("MESSAGE={}", text),
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

void JournalSink::sink_it_(const spdlog::details::log_msg& line) {
    std::vector<std::string> fields = journal_fields(line);
    std::vector<iovec> vectors;
    vectors.reserve(fields.size());
    for (std::string& field : fields) {
        vectors.push_back({field.data(), field.size()});
    }
    (void)sd_journal_sendv(vectors.data(), static_cast<int>(vectors.size()));
}

}  // namespace telex::app
