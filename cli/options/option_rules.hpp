#pragma once
// Which options may be given together.
#include "cli/options/option_set.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace telex::cli {

// Returns what is wrong with the options that were given, or nothing. `times_given` returns how
// often one occurred.
std::optional<std::string> find_broken_rule(
    const OptionSet& options, const std::function<std::size_t(const Option&)>& times_given
);

}  // namespace telex::cli
