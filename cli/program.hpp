#pragma once
// The tool as a whole.
#include "cli/options/command.hpp"

namespace telex::cli {

inline constexpr const char* kVersionLine = "telex " TELEX_VERSION "\n";

// All commands, as the commands of one: "telex".
Command tool_command();

// Runs a command line. Returns the exit code.
int run(int argc, const char* const* argv);

}  // namespace telex::cli
