#pragma once
// One log line before it is rendered, and its forms.
#include "log/catalogue.hpp"
#include "log/field.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::log {

struct Record {
    const Event& event;
    Level level;
    std::span<const Field> fields;
    // Lines of this event and level that the rate limit left out before this one. A field of the
    // line unless it is 0.
    std::uint64_t suppressed = 0;
    std::chrono::system_clock::time_point time = std::chrono::system_clock::now();
};

// The texts of a record, from which each form of the line is made.
struct RecordText {
    explicit RecordText(const Record& record);

    const Record& record;
    // Without the absent ones.
    std::vector<std::pair<std::string_view, std::string>> fields;
    // "connection ended: connection=7 client="a b" reason=idle_timeout": a value is in quotes if it
    // needs them, and a quote inside is escaped as \x22.
    std::string sentence;
};

// The sentence. The sink adds time and level.
std::string to_text(const RecordText& record);

// The same with time (UTC) and level: "2026-11-30T22:14:05.123Z info ready".
std::string to_dated_text(const RecordText& record);

// A JSON object: time, level, message (the sentence), event, fields.
std::string to_json(const RecordText& record);

// A datagram of the journal's native protocol: MESSAGE (the sentence), PRIORITY, SYSLOG_IDENTIFIER,
// MESSAGE_ID, TELEX_EVENT, and TELEX_NAME for each field.
std::string to_journal_entry(const RecordText& record);

}  // namespace telex::log
