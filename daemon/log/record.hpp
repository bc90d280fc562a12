#pragma once
// One log line before it is rendered, and its three renderings.
#include "log/catalogue.hpp"
#include "log/field.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

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

// "connection ended: connection=7 client="a b" reason=idle_timeout": a value is in quotes if it
// needs them, and a quote inside is escaped as \x22. The sink adds time and level.
std::string to_text(const Record& record);

// The same with time (UTC) and level: "2026-11-30T22:14:05.123Z info ready".
std::string to_dated_text(const Record& record);

// A JSON object: time, level, message (the text), event, fields.
std::string to_json(const Record& record);

// A datagram of the journal's native protocol: MESSAGE (the text), PRIORITY, SYSLOG_IDENTIFIER,
// MESSAGE_ID, TELEX_EVENT, and TELEX_NAME for each field.
std::string to_journal_entry(const Record& record);

}  // namespace telex::log
