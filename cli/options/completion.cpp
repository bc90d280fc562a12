#include "cli/options/completion.hpp"

#include "cli/options/help_text.hpp"

namespace telex::cli {
namespace {

void add_entries(
    const Command& command, const std::string& path, std::vector<CompletionEntry>& entries
) {
    CompletionEntry entry{path, command.summary, {help_option()}, {}};
    for (const OptionSection& section : command.options.sections()) {
        for (const Option& option : section.options) {
            if (option.is_argument()) {
                const auto& choices = option.value.choices;
                entry.words.insert(entry.words.end(), choices.begin(), choices.end());
            } else {
                entry.options.push_back(option);
            }
        }
    }
    for (const Command& below : command.commands) {
        entry.words.push_back(below.name);
    }
    entries.push_back(std::move(entry));
    for (const Command& below : command.commands) {
        add_entries(below, path + (path.empty() ? "" : " ") + below.name, entries);
    }
}

}  // namespace

std::vector<CompletionEntry> completion_entries(const Command& tool) {
    std::vector<CompletionEntry> entries;
    add_entries(tool, "", entries);
    return entries;
}

bool takes_value(const Option& option) {
    return option.value.kind == Value::Kind::text || option.value.kind == Value::Kind::list;
}

bool takes_file(const Option& option) {
    return option.placeholder == "FILE" || option.placeholder == "DIR";
}

std::string shell_quoted(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) {
        result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    return result + "'";
}

}  // namespace telex::cli
