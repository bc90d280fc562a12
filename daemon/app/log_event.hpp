#pragma once
// What a line of the log is about, for programs: a line begins with its event, in words up to a
// colon, and goes on with NAME=VALUE. The journal and the JSON log carry both as fields.
//
//   connection ended: listener=native peer=127.0.0.1:5 client="a b" reason=idle_timeout ...
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::app {

struct LogEvent {
    std::string_view begins;  // how its lines begin
    std::string_view name;    // stable, for programs
    std::string_view
        message_id;  // of the journal's catalogue (systemd/telex.catalog): 32 hex digits
};

// Null for a line that is none of them.
const LogEvent* event_of(std::string_view line);

// In the order of the line; a value in quotes stands without them.
std::vector<std::pair<std::string_view, std::string_view>> fields_of(std::string_view line);

// All of them, for the test that compares them with the catalogue.
const std::vector<LogEvent>& log_events();

}  // namespace telex::app
