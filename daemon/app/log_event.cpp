#include "app/log_event.hpp"

#include <algorithm>

namespace telex::app {

namespace {

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || letter == '_';
    });
}

}  // namespace

const std::vector<LogEvent>& log_events() {
    static const std::vector<LogEvent> events{
        {"ready:", "ready", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a01"},
        {"listening:", "listening", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a02"},
        {"connection ended:", "connection_ended", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a03"},
        {"reload ended: refused", "reload_refused", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a04"},
        {"reload ended:", "reload_done", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a05"},
        {"reload:", "reload_change", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a06"},
        {"cannot accept connections:", "cannot_accept", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a07"},
        {"no memory for a connection:", "no_memory", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a08"},
        {"a reactor does not answer:", "reactor_stuck", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a09"},
        {"an operator", "operator", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0a"},
        {"signal", "signal", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0b"},
        {"stopped:", "stopped", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0c"},
        {"publishers go on:", "block_expired", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a21"},
        {"messages dropped:", "messages_dropped", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a12"},
        {"log lines were lost:", "log_lines_lost", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0d"},
        {"this host does not have the address yet:",
         "address_missing",
         "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0e"},
        {"a certificate is not valid:", "certificate_invalid", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a0f"},
        {"a certificate expires soon:", "certificate_expires", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a10"},
        {"a socket file was deleted;", "socket_file_deleted", "f3c5d0c6b6f94c5ea2a1f0f59d1b7a11"},
    };
    return events;
}

const LogEvent* event_of(std::string_view line) {
    const auto found =
        std::find_if(log_events().begin(), log_events().end(), [&](const LogEvent& event) {
            return line.starts_with(event.begins);
        });
    return found == log_events().end() ? nullptr : &*found;
}

std::vector<std::pair<std::string_view, std::string_view>> fields_of(std::string_view line) {
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    while (!line.empty()) {
        const std::size_t blank = line.find(' ');
        const std::size_t equals = line.find('=');
        const bool is_field = equals < blank && is_name(line.substr(0, equals));
        if (!is_field) {
            line.remove_prefix(std::min(blank, line.size() - 1) + 1);
            continue;
        }
        const std::string_view name = line.substr(0, equals);
        line.remove_prefix(equals + 1);
        const bool quoted = line.starts_with('"');
        line.remove_prefix(quoted ? 1 : 0);
        const std::size_t end = std::min(line.find(quoted ? '"' : ' '), line.size());
        fields.emplace_back(name, line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return fields;
}

}  // namespace telex::app
