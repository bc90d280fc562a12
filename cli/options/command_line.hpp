#pragma once
// Reads a command line by a table of commands.
#include "cli/options/command.hpp"

#include <cstdint>
#include <string>

namespace telex::cli {

struct CommandLine {
    enum class Outcome : std::uint8_t { run, help, version, invalid };

    Outcome outcome = Outcome::invalid;
    const Command* command = nullptr;  // the last one named; the tool itself if none was
    std::string path;                  // "frame decode": its name and those above it
    std::string error;                 // invalid: what is wrong, then what is expected
};

// Stores the values of the options that were given. `tool` must outlive the result.
CommandLine parse_command_line(const Command& tool, int argc, const char* const* argv);

}  // namespace telex::cli
