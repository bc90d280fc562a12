#include "cli/frames/recipes.hpp"

#include "cli/frames/cookbook.hpp"
#include "codec/framing.hpp"

#include <algorithm>

namespace telex::cli {
namespace {

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::string_view take_until(std::string_view& text, std::string_view mark) {
    const std::size_t end = std::min(text.find(mark), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + mark.size(), text.size()));
    return taken;
}

// "adb; its replies are not in this framing" is "adb".
std::string format_name(std::string_view cell) {
    std::string name(take_until(cell, ";"));
    std::erase(name, '`');
    return name;
}

void add_recipe(std::vector<Recipe>& recipes, std::string_view framing, const std::string& format) {
    const auto known = std::ranges::find(recipes, framing, &Recipe::framing);
    if (known == recipes.end()) {
        recipes.push_back({{format}, std::string(framing)});
    } else {
        known->formats.push_back(format);
    }
}

// "| format | `framing`, `framing` | tried |"
void read_row(std::vector<Recipe>& recipes, std::string_view row) {
    take_until(row, "|");
    const std::string format = format_name(without_blanks(take_until(row, "|")));
    std::string_view framings = without_blanks(take_until(row, "|"));
    if (!framings.starts_with('`') || row.find('|') == std::string_view::npos) {
        return;
    }
    while (!framings.empty()) {
        take_until(framings, "`");
        const std::string_view framing = take_until(framings, "`");
        if (!framing.empty()) {
            add_recipe(recipes, framing, format);
        }
    }
}

}  // namespace

std::vector<Recipe> read_recipes(std::string_view cookbook) {
    std::vector<Recipe> recipes;
    bool streams = true;
    while (!cookbook.empty()) {
        const std::string_view line = take_until(cookbook, "\n");
        if (line.starts_with("## ")) {
            streams = line != "## Datagrams";
        } else if (streams && line.starts_with('|')) {
            read_row(recipes, line);
        }
    }
    return recipes;
}

std::vector<Recipe> all_recipes() {
    std::vector<Recipe> recipes = read_recipes(cookbook_text());
    for (const codec::PresetInfo& preset : codec::presets()) {
        const bool stream = preset.name != "datagram" && preset.name != "fixed:N";
        if (stream && std::ranges::find(recipes, preset.name, &Recipe::framing) == recipes.end()) {
            add_recipe(recipes, preset.name, "preset " + std::string(preset.name));
        }
    }
    return recipes;
}

}  // namespace telex::cli
