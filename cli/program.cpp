#include "cli/program.hpp"

#include "cli/commands/verb.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/output.hpp"
#include "net/standard_files.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace telex::cli {
namespace {

using ParsedCommand = std::pair<CLI::App*, Action>;

// "pub", "frame decode": the commands that were named, for the message.
std::string parsed_name(const CLI::App& app) {
    std::string name;
    for (const CLI::App* sub : app.get_subcommands()) {
        const std::string rest = parsed_name(*sub);
        name = sub->get_name() + (rest.empty() ? "" : " " + rest);
    }
    return name;
}

int refuse(const CLI::App& app, const CLI::ParseError& error) {
    const std::string name = parsed_name(app);
    complain(name, error.what());
    tell(fmt::format("Try 'telex {}{}--help'.", name, name.empty() ? "" : " "));
    return kUsage;
}

// What --help and --version print.
int show(const CLI::App& app, const CLI::ParseError& error) {
    std::ostringstream text;
    std::ostringstream complaint;
    const int code = app.exit(error, text, complaint);
    const int printed = print("", text.str());
    return printed != kOk ? printed : code;
}

int run_parsed(const std::vector<ParsedCommand>& commands) {
    for (const auto& [app, action] : commands) {
        if (app->parsed()) {
            try {
                return action();
            } catch (const std::exception& error) {
                complain(app->get_name(), error.what());
                return kInternal;
            }
        }
    }
    return kUsage;
}

}  // namespace

int run(int argc, const char* const* argv) {
    net::open_standard_files();
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App app("telex: publish, subscribe, ask and answer on a telex exchange", "telex");
    app.set_version_flag("--version", "telex " TELEX_VERSION);
    app.require_subcommand(1);
    app.footer(kExitCodesHelp);
    std::vector<ParsedCommand> commands;
    for (const Verb& verb : verbs()) {
        CLI::App* command = app.add_subcommand(std::string(verb.name), std::string(verb.summary));
        commands.emplace_back(command, verb.add(*command));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return error.get_exit_code() == 0 ? show(app, error) : refuse(app, error);
    }
    return run_parsed(commands);
}

}  // namespace telex::cli
