#include "cli/options/find_command.hpp"

#include "base/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace telex::cli {

std::string unknown_command(const Command& above, const std::string& word) {
    std::vector<std::string_view> names;
    names.reserve(above.commands.size());
    for (const Command& command : above.commands) {
        names.emplace_back(command.name);
    }
    const auto meant = closest(word, names);
    return fmt::format("unknown command '{}'", word) +
           (meant ? fmt::format("; did you mean '{}'?", *meant) : std::string());
}

Result<const Command*, std::string> find_command(
    const Command& tool, const std::vector<std::string>& words
) {
    const Command* found = &tool;
    for (const std::string& word : words) {
        const auto below = std::ranges::find(found->commands, word, &Command::name);
        if (below == found->commands.end()) {
            return unexpected(unknown_command(*found, word));
        }
        found = &*below;
    }
    return found;
}

}  // namespace telex::cli
