#pragma once
// The command line of nats-server, in the syntax of Go: `-port 4222`, `--port=4222` and `-p 4222`
// are the same.
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace telex::compat {

struct Flags {
    enum class Action : std::uint8_t { run, check, version, help };

    Action action = Action::run;
    // By the first name of the flag, without dashes: "addr", "port", "config", ... A flag without a
    // value has "true" or "false".
    std::map<std::string, std::string, std::less<>> values;

    // Returns the value, or an empty text.
    std::string_view value(std::string_view name) const;
    bool is_on(std::string_view name) const;
};

// The error names the flag and says what telex has instead.
[[nodiscard]] Result<Flags, std::string> parse_flags(std::span<const std::string> arguments);

// For --help.
std::string flags_help();

}  // namespace telex::compat
