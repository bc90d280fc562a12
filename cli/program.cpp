#include "cli/program.hpp"

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/command_line.hpp"
#include "cli/options/help_text.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "net/standard_files.hpp"

#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

int print_usage_error(const CommandLine& line) {
    print_error(line.path, line.error);
    print_note(fmt::format("Try 'telex help{}{}'.", line.path.empty() ? "" : " ", line.path));
    return kUsage;
}

int print_help(const CommandLine& line) {
    const std::string path = line.path.empty() ? "telex" : "telex " + line.path;
    return print(line.path, help_text(*line.command, path));
}

int run_command(const CommandLine& line) {
    try {
        return line.command->run();
    } catch (const std::exception& error) {
        print_error(line.path, error.what());
        return kInternal;
    }
}

// `connection`: of the commands that connect; they own it.
template <class Group, class... Connection>
void add_group(
    Command& tool, const char* title, const Group& group, const Connection&... connection
) {
    for (const auto& make_command : group) {
        Command command = make_command(connection...);
        command.group = title;
        command.connects = sizeof...(connection) > 0;
        tool.commands.push_back(std::move(command));
    }
}

}  // namespace

Command tool_command() {
    Command tool{
        .name = "telex",
        .summary =
            "Publish, subscribe, send requests and reply on a telex exchange, and operate it",
    };
    tool.options.add({"--version", "", "Print the version", value::version()});
    const auto connection = std::make_shared<ConnectionOptions>();
    add_connection_or_context(tool.options, *connection);
    add_group(tool, "Messages", kMessageCommands, connection);
    add_group(tool, "Operation", kOperatorCommands, connection);
    add_group(tool, "Local", kLocalCommands);
    tool.footer = kExitCodesHelp;
    return tool;
}

int run(int argc, const char* const* argv) {
    net::open_standard_files();
    std::signal(SIGPIPE, SIG_IGN);
    const Command tool = tool_command();
    const CommandLine line = parse_command_line(tool, argc, argv);
    switch (line.outcome) {
        case CommandLine::Outcome::run:
            return run_command(line);
        case CommandLine::Outcome::help:
            return print_help(line);
        case CommandLine::Outcome::version:
            return print("", kVersionLine);
        case CommandLine::Outcome::invalid:
            break;
    }
    return print_usage_error(line);
}

}  // namespace telex::cli
