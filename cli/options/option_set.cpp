#include "cli/options/option_set.hpp"

#include <algorithm>
#include <utility>

namespace telex::cli {

std::vector<std::string> Option::names() const {
    const std::size_t comma = std::min(name.find(','), name.size());
    std::vector<std::string> names{name.substr(0, comma)};
    if (comma < name.size()) {
        names.push_back(name.substr(comma + 1));
    }
    return names;
}

Option& OptionSet::add(Option option) {
    return sections_[current_].options.emplace_back(std::move(option));
}

void OptionSet::require(std::string_view name) {
    for (OptionSection& section : sections_) {
        for (Option& option : section.options) {
            const auto names = option.names();
            option.required |= std::ranges::find(names, name) != names.end();
        }
    }
}

void OptionSet::begin_section(std::string title) {
    const auto known = std::ranges::find(sections_, title, &OptionSection::title);
    current_ = static_cast<std::size_t>(known - sections_.begin());
    if (known == sections_.end()) {
        sections_.push_back({.title = std::move(title), .exactly_one = false, .options = {}});
    }
}

void OptionSet::begin_exactly_one(std::string title) {
    begin_section(std::move(title));
    sections_.back().exactly_one = true;
}

const Option* OptionSet::find(std::string_view name) const {
    for (const OptionSection& section : sections_) {
        for (const Option& option : section.options) {
            const auto names = option.names();
            if (std::find(names.begin(), names.end(), name) != names.end()) {
                return &option;
            }
        }
    }
    return nullptr;
}

}  // namespace telex::cli
