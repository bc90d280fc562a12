#include "log/record.hpp"

#include "base/printable.hpp"
#include "sd/journal.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <syslog.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::log {

namespace {

using TextField = std::pair<std::string_view, std::string>;

std::vector<TextField> text_fields(const Record& record) {
    std::vector<TextField> fields;
    for (const Field& field : record.fields) {
        if (!field.value.is_absent()) {
            fields.emplace_back(field.name, field.value.to_text());
        }
    }
    if (record.suppressed != 0) {
        fields.emplace_back("suppressed", std::to_string(record.suppressed));
    }
    return fields;
}

bool needs_quotes(std::string_view value) {
    return value.empty() || value.find_first_of(" =\"") != std::string_view::npos;
}

std::string in_quotes(std::string_view value) {
    return '"' + printable(value, {.escape = "\""}) + '"';
}

std::string sentence_of(const Record& record, const std::vector<TextField>& fields) {
    std::string text(record.event.sentence);
    std::string_view separator = ": ";
    for (const auto& [name, value] : fields) {
        fmt::format_to(
            std::back_inserter(text),
            "{}{}={}",
            std::exchange(separator, " "),
            name,
            needs_quotes(value) ? in_quotes(value) : value
        );
    }
    return text;
}

int priority_of(Level level) {
    switch (level) {
        case Level::critical:
            return LOG_CRIT;
        case Level::error:
            return LOG_ERR;
        case Level::warning:
            return LOG_WARNING;
        case Level::info:
            return LOG_INFO;
        case Level::debug:
            break;
    }
    return LOG_DEBUG;
}

std::string upper(std::string_view name) {
    std::string result(name);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
    });
    return result;
}

}  // namespace

RecordText::RecordText(const Record& of)
    : record(of), fields(text_fields(of)), sentence(sentence_of(of, fields)) {}

std::string to_text(const RecordText& text) {
    return text.sentence;
}

std::string to_dated_text(const RecordText& text) {
    const Record& record = text.record;
    const auto since_epoch = record.time.time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch);
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {}",
        fmt::gmtime(std::chrono::system_clock::to_time_t(record.time)),
        milliseconds.count() % 1000,
        name_of(record.level),
        text.sentence
    );
}

std::string to_json(const RecordText& text) {
    const Record& record = text.record;
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(record.time.time_since_epoch())
            .count();
    nlohmann::json object = {
        {"time", static_cast<double>(milliseconds) / 1000.0},
        {"level", std::string(name_of(record.level))},
        {"message", text.sentence},
        {"event", std::string(record.event.name)},
    };
    for (const auto& [name, value] : text.fields) {
        object["fields"][std::string(name)] = value;
    }
    return object.dump();
}

std::string to_journal_entry(const RecordText& text) {
    const Record& record = text.record;
    std::vector<std::string> lines{
        fmt::format("MESSAGE={}", text.sentence),
        fmt::format("PRIORITY={}", priority_of(record.level)),
        "SYSLOG_IDENTIFIER=telexd",
        fmt::format("MESSAGE_ID={}", record.event.message_id),
        fmt::format("TELEX_EVENT={}", record.event.name),
    };
    for (const auto& [name, value] : text.fields) {
        lines.push_back(fmt::format("TELEX_{}={}", upper(name), value));
    }
    return sd::journal_entry(lines);
}

}  // namespace telex::log
