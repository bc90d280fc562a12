// The only source that includes CLI11. The library splits the command line; the rules and the texts
// are this tool's.
#include "cli/options/command_line.hpp"

#include "base/suggest.hpp"
#include "cli/options/command_first.hpp"
#include "cli/options/find_command.hpp"
#include "cli/options/help_text.hpp"
#include "cli/options/option_rules.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::cli {
namespace {

void add_to_parser(CLI::App& app, const Option& option) {
    const auto store = [&option](const std::string& text) {
        if (const auto stored = option.value.store(text); !stored) {
            throw CLI::ValidationError(option.names().back(), stored.error());
        }
    };
    switch (option.value.kind) {
        case Value::Kind::version:
            app.set_version_flag(option.name, std::string());
            break;
        case Value::Kind::flag:
            app.add_flag_callback(option.name, [store] { store({}); });
            break;
        case Value::Kind::text:
            app.add_option_function<std::string>(option.name, store)->take_last();
            break;
        case Value::Kind::list:
            app.add_option_function<std::vector<std::string>>(
                   option.name,
                   [store](const std::vector<std::string>& texts) {
                       for (const std::string& text : texts) {
                           store(text);
                       }
                   }
            )->allow_extra_args(option.is_argument());
            break;
    }
}

void add_to_parser(CLI::App& app, const Command& command) {
    app.set_help_flag("-h,--help");
    app.require_subcommand(0, 1);
    for (const OptionSection& section : command.options.sections()) {
        for (const Option& option : section.options) {
            add_to_parser(app, option);
        }
    }
    for (const Command& below : command.commands) {
        add_to_parser(*app.add_subcommand(below.name)->fallthrough(), below);
    }
}

// A command line up to the last command that it names.
struct Named {
    const CLI::App* app;
    const Command* command;
    std::string path;
};

Named named_command(const CLI::App& app, const Command& tool) {
    Named named{&app, &tool, {}};
    while (!named.app->get_subcommands().empty()) {
        named.app = named.app->get_subcommands().front();
        for (const Command& command : named.command->commands) {
            if (command.name == named.app->get_name()) {
                named.command = &command;
                break;
            }
        }
        named.path += (named.path.empty() ? "" : " ") + named.command->name;
    }
    return named;
}

template <class Function>
void for_each_option(const OptionSet& options, Function&& visit) {
    for (const OptionSection& section : options.sections()) {
        for (const Option& option : section.options) {
            if (!option.is_argument()) {
                visit(option);
            }
        }
    }
}

std::string unknown_option(const Command& tool, const Named& named, const std::string& word) {
    const Command& command = *named.command;
    const std::string name = word.substr(0, word.find('='));
    std::vector<std::string> names{help_option().names().back()};
    const auto add = [&](const Option& option) { names.push_back(option.names().back()); };
    for_each_option(command.options, add);
    if (command.connects) {
        for_each_option(tool.options, add);
    }
    const auto meant = closest(name, std::vector<std::string_view>(names.begin(), names.end()));
    return fmt::format("unknown option '{}'", word) +
           (meant ? fmt::format("; did you mean '{}'?", *meant) : std::string());
}

// Whether `word` stands behind "--".
bool is_plain(const std::vector<std::string>& words, const std::string& word) {
    const auto mark = std::ranges::find(words, "--");
    return std::find(mark, words.end(), word) != words.end();
}

// Describes the first word that no option or argument took, if there is one.
std::optional<std::string> unexpected_word(
    const CLI::App& app,
    const std::vector<std::string>& words,
    const Command& tool,
    const Named& named
) {
    for (const std::string& word : app.remaining(true)) {
        if (word == "--") {
            continue;
        }
        if (word.starts_with('-') && !is_plain(words, word)) {
            return unknown_option(tool, named, word);
        }
        return named.command->commands.empty() ? fmt::format("unexpected argument '{}'", word)
                                               : unknown_command(*named.command, word);
    }
    return std::nullopt;
}

// The library's text is about a wrong number of values; only a missing one is left to it.
std::string missing_value(const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    return fmt::format("{} requires a value", text.substr(0, text.find(':')));
}

auto times_given_to(const CLI::App& app) {
    return [&app](const Option& option) { return app.get_option(option.names().back())->count(); };
}

// The options of the tool are those of each command that connects.
std::optional<std::string> find_mistake_in_tool(
    const CLI::App& app, const Command& tool, const Named& named
) {
    const auto times_given = times_given_to(app);
    if (named.command->connects) {
        return find_broken_rule(tool.options, times_given);
    }
    for (const OptionSection& section : tool.options.sections()) {
        for (const Option& option : section.options) {
            if (times_given(option) > 0) {
                return fmt::format(
                    "{} does not apply: 'telex {}' does not connect",
                    option.names().back(),
                    named.path
                );
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string> find_mistake(
    const CLI::App& app,
    const std::vector<std::string>& words,
    const Command& tool,
    const Named& named
) {
    if (auto unexpected = unexpected_word(app, words, tool, named)) {
        return unexpected;
    }
    if (!named.command->commands.empty()) {
        return "a command is required";
    }
    if (auto broken = find_mistake_in_tool(app, tool, named)) {
        return broken;
    }
    return find_broken_rule(named.command->options, times_given_to(*named.app));
}

}  // namespace

CommandLine parse_command_line(const Command& tool, int argc, const char* const* argv) {
    CLI::App app("", tool.name);
    add_to_parser(app, tool);
    auto outcome = CommandLine::Outcome::run;
    std::optional<std::string> mistake;
    const std::vector<std::string> words = command_first(tool, {argv + 1, argv + argc});
    try {
        app.parse(std::vector(words.rbegin(), words.rend()));  // takes them from the back
    } catch (const CLI::CallForHelp&) {
        outcome = CommandLine::Outcome::help;
    } catch (const CLI::CallForVersion&) {
        outcome = CommandLine::Outcome::version;
    } catch (const CLI::ExtrasError&) {
        outcome = CommandLine::Outcome::run;  // find_mistake names the word
    } catch (const CLI::ArgumentMismatch& error) {
        mistake = missing_value(error);
    } catch (const CLI::ParseError& error) {
        mistake = error.what();
    }
    Named named = named_command(app, tool);
    if (outcome == CommandLine::Outcome::run && !mistake) {
        mistake = find_mistake(app, words, tool, named);
    }
    return {
        .outcome = mistake ? CommandLine::Outcome::invalid : outcome,
        .command = named.command,
        .path = std::move(named.path),
        .error = std::move(mistake).value_or(std::string()),
    };
}

}  // namespace telex::cli
