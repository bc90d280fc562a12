// `telex help [COMMAND]`: the same as `telex COMMAND --help`.
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/find_command.hpp"
#include "cli/options/help_text.hpp"
#include "cli/options/values.hpp"
#include "cli/program.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>

#include <memory>

namespace telex::cli {
namespace {

constexpr std::string_view kHelp = "help";

int print_help(const std::vector<std::string>& words) {
    const Command tool = tool_command();
    const auto command = find_command(tool, words);
    if (!command) {
        print_error(kHelp, command.error());
        print_note("Try 'telex help'.");
        return kUsage;
    }
    const std::string path = words.empty() ? "" : fmt::format(" {}", fmt::join(words, " "));
    return print(kHelp, help_text(**command, tool.name + path));
}

}  // namespace

Command help_command() {
    auto words = std::make_shared<std::vector<std::string>>();
    Command command{.name = "help", .summary = "Print the help of the tool or of a command"};
    command.options.add(
        {"COMMAND", "", "Command, with its words: frame decode", value::texts(*words)}
    );
    command.run = [words] { return print_help(*words); };
    return command;
}

}  // namespace telex::cli
