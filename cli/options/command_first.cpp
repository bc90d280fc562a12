#include "cli/options/command_first.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace telex::cli {
namespace {

using Words = std::span<const std::string>;

// A command and those above it, for example "frame decode".
using Path = std::vector<const Command*>;

// The commands that the first of these words name, after one another.
Path path_at(const Command& tool, Words words) {
    Path path;
    const Command* above = &tool;
    for (const std::string& word : words) {
        const auto found = std::ranges::find(above->commands, word, &Command::name);
        if (found == above->commands.end()) {
            break;
        }
        above = &*found;
        path.push_back(above);
    }
    return path;
}

const Option* find_option(const Command& tool, const Path& path, std::string_view name) {
    const Option* found = tool.options.find(name);
    for (const Command* command : path) {
        const Option* const own = command->options.find(name);
        found = own != nullptr ? own : found;
    }
    return found;
}

// Whether the value of the option is the next word. Unknown options have none: the parser names
// them.
bool takes_next_word(const Command& tool, const Path& path, std::string_view word) {
    const bool long_name = word.starts_with("--");
    if (long_name ? word.find('=') != std::string_view::npos : word.size() > 2) {
        return false;
    }
    const Option* const option = find_option(tool, path, word);
    return option != nullptr &&
           (option->value.kind == Value::Kind::text || option->value.kind == Value::Kind::list);
}

enum class Fit : std::uint8_t { none, value_missing, whole };

// Whether the words before a command are options of it, each with its value.
Fit fit_of(const Command& tool, const Path& path, Words words) {
    std::size_t index = 0;
    while (index < words.size()) {
        const std::string& word = words[index];
        if (!word.starts_with('-') || word == "-" || word == "--") {
            return Fit::none;
        }
        index += takes_next_word(tool, path, word) ? 2U : 1U;
    }
    return index == words.size() ? Fit::whole : Fit::value_missing;
}

// The command's words.
struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;
};

Place find_place(const Command& tool, Words words) {
    Place almost;  // the parser then says which option misses its value
    for (std::size_t index = 0; index < words.size(); ++index) {
        const Path path = path_at(tool, words.subspan(index));
        const Fit fit = path.empty() ? Fit::none : fit_of(tool, path, words.first(index));
        if (fit == Fit::whole) {
            return {index, path.size()};
        }
        if (fit == Fit::value_missing && almost.size == 0) {
            almost = {index, path.size()};
        }
    }
    return almost;
}

}  // namespace

std::vector<std::string> command_first(const Command& tool, std::vector<std::string> words) {
    const Place place = find_place(tool, words);
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(place.begin);
    std::rotate(words.begin(), begin, begin + static_cast<std::ptrdiff_t>(place.size));
    return words;
}

}  // namespace telex::cli
