#pragma once
// The tool's command line as a table, read from the parser itself: what completion offers.
#include "cli/options/cli11.hpp"

#include <string>
#include <vector>

namespace telex::cli {

struct Choice {
    std::vector<std::string> names;  // "--format", "-h"
    std::string help;
    bool takes_value = false;
    bool takes_file = false;
    std::vector<std::string> values;  // when there are only so many
};

struct Command {
    std::string path;  // "frame decode"
    std::string help;
    std::vector<Choice> options;
    std::vector<std::string> words;  // commands below it, or values of its argument
};

// Of the whole tool: itself first (its path is empty), each command before those below it.
std::vector<Command> commands_of(const CLI::App& tool);

}  // namespace telex::cli
