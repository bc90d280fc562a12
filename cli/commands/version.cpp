// `telex version`: the same as `telex --version`.
#include "cli/commands/commands.hpp"
#include "cli/program.hpp"
#include "cli/terminal/output.hpp"

namespace telex::cli {

Command version_command() {
    Command command{.name = "version", .summary = "Print the version of the tool"};
    command.run = [] { return print("version", kVersionLine); };
    return command;
}

}  // namespace telex::cli
