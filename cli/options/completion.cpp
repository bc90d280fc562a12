#include "cli/options/completion.hpp"

#include "cli/options/help_text.hpp"

#include <algorithm>

namespace telex::cli {
namespace {

// A command's own option hides that of the tool.
bool has_option(const CompletionEntry& entry, const Option& option) {
    return std::ranges::find(entry.options, option.names().back(), [](const Option& known) {
               return known.names().back();
           }) != entry.options.end();
}

void add_options(const OptionSet& options, CompletionEntry& entry) {
    for (const OptionSection& section : options.sections()) {
        for (const Option& option : section.options) {
            if (option.is_argument()) {
                const auto& choices = option.value.choices;
                entry.words.insert(entry.words.end(), choices.begin(), choices.end());
                entry.listed_by = option.value.listed_by;
            } else if (!has_option(entry, option)) {
                entry.options.push_back(option);
            }
        }
    }
}

void add_entries(
    const Command& tool,
    const Command& command,
    const std::string& path,
    std::vector<CompletionEntry>& entries
) {
    CompletionEntry entry{path, command.summary, {help_option()}, {}, {}};
    add_options(command.options, entry);
    if (command.connects) {
        add_options(tool.options, entry);
    }
    for (const Command& below : command.commands) {
        entry.words.push_back(below.name);
    }
    entries.push_back(std::move(entry));
    for (const Command& below : command.commands) {
        add_entries(tool, below, path + (path.empty() ? "" : " ") + below.name, entries);
    }
}

}  // namespace

std::vector<CompletionEntry> completion_entries(const Command& tool) {
    std::vector<CompletionEntry> entries;
    add_entries(tool, tool, "", entries);
    return entries;
}

bool takes_value(const Option& option) {
    return option.value.kind == Value::Kind::text || option.value.kind == Value::Kind::list;
}

bool takes_file(const Option& option) {
    return option.placeholder == "FILE" || option.placeholder == "DIR";
}

std::string output_of(const std::string& listed_by) {
    return "$(telex " + listed_by + " 2>/dev/null)";
}

std::string shell_quoted(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) {
        result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    return result + "'";
}

}  // namespace telex::cli
