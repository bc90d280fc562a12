#include "cli/options/option_rules.hpp"

#include <fmt/format.h>

namespace telex::cli {
namespace {

using TimesGiven = std::function<std::size_t(const Option&)>;

// "--count" of "-n,--count".
std::string long_name(const Option& option) {
    return option.names().back();
}

std::optional<std::string> broken_rule_of_option(
    const Option& option, const OptionSet& options, const TimesGiven& times_given
) {
    const auto is_given = [&](const std::string& name) {
        const Option* const other = options.find(name);
        return other != nullptr && times_given(*other) > 0;
    };
    const std::size_t times = times_given(option);
    if (times == 0) {
        return option.required ? std::optional(fmt::format("{} is required", long_name(option)))
                               : std::nullopt;
    }
    if (times > 1 && option.value.kind == Value::Kind::text) {
        return fmt::format("{} may be given only once", long_name(option));
    }
    for (const std::string& other : option.needs) {
        if (!is_given(other)) {
            return fmt::format("{} requires {}", long_name(option), other);
        }
    }
    for (const std::string& other : option.excludes) {
        if (is_given(other)) {
            return fmt::format("{} cannot be combined with {}", long_name(option), other);
        }
    }
    return std::nullopt;
}

std::optional<std::string> broken_rule_of_section(
    const OptionSection& section, const TimesGiven& times_given
) {
    std::string names;
    std::size_t given = 0;
    for (const Option& option : section.options) {
        names += (names.empty() ? "" : ", ") + long_name(option);
        given += times_given(option) > 0 ? 1U : 0U;
    }
    return !section.exactly_one || given == 1
               ? std::nullopt
               : std::optional(fmt::format("exactly one of {} is required", names));
}

}  // namespace

std::optional<std::string> find_broken_rule(
    const OptionSet& options, const TimesGiven& times_given
) {
    for (const OptionSection& section : options.sections()) {
        for (const Option& option : section.options) {
            if (auto broken = broken_rule_of_option(option, options, times_given)) {
                return broken;
            }
        }
        if (auto broken = broken_rule_of_section(section, times_given)) {
            return broken;
        }
    }
    return std::nullopt;
}

}  // namespace telex::cli
