#include "cli/options/command_table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace telex::cli {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

// The library appends to a type what its checks say of themselves: "text|json:{text,json}".
std::string type_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return type.substr(0, type.find(':'));
}

// The type is written as its values: "text|json".
std::vector<std::string> values_of(const std::string& type) {
    std::vector<std::string> values;
    for (std::size_t begin = 0; type.find('|') != std::string::npos && begin <= type.size();) {
        const std::size_t end = std::min(type.find('|', begin), type.size());
        values.push_back(type.substr(begin, end - begin));
        begin = end + 1;
    }
    return values;
}

Choice choice_of(const CLI::Option& option) {
    Choice choice;
    for (const std::string& name : option.get_snames()) {
        choice.names.push_back("-" + name);
    }
    for (const std::string& name : option.get_lnames()) {
        choice.names.push_back("--" + name);
    }
    const std::string type = type_of(option);
    choice.help = first_line(option.get_description());
    choice.takes_value = option.get_items_expected_max() > 0;
    choice.takes_file = type == "FILE" || type == "DIR";
    choice.values = values_of(type);
    return choice;
}

using Apps = std::vector<const CLI::App*>;

Apps below(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

// The options of `app` and of the groups in it, which the library keeps as commands without a name.
void add_options(const CLI::App& app, Command& command) {
    for (const CLI::Option* const option : app.get_options()) {
        Choice choice = choice_of(*option);
        if (choice.names.empty()) {
            command.words.insert(command.words.end(), choice.values.begin(), choice.values.end());
        } else {
            command.options.push_back(std::move(choice));
        }
    }
    for (const CLI::App* const group : below(app)) {
        if (group->get_name().empty()) {
            add_options(*group, command);
        }
    }
}

void collect(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
    Command command{path, first_line(app.get_description()), {}, {}};
    add_options(app, command);
    Apps named;
    for (const CLI::App* const sub : below(app)) {
        if (!sub->get_name().empty()) {
            named.push_back(sub);
            command.words.push_back(sub->get_name());
        }
    }
    commands.push_back(std::move(command));
    for (const CLI::App* const sub : named) {
        collect(*sub, path + (path.empty() ? "" : " ") + sub->get_name(), commands);
    }
}

}  // namespace

std::vector<Command> commands_of(const CLI::App& tool) {
    std::vector<Command> commands;
    collect(tool, "", commands);
    return commands;
}

}  // namespace telex::cli
