#pragma once
// Finds a command by its words.
#include "base/result.hpp"
#include "cli/options/command.hpp"

#include <string>
#include <vector>

namespace telex::cli {

// "unknown command 'pbu'; did you mean 'pub'?"
std::string unknown_command(const Command& above, const std::string& word);

// `words`: {"frame", "decode"}; none finds `tool` itself. The error names the first unknown word.
[[nodiscard]] Result<const Command*, std::string> find_command(
    const Command& tool, const std::vector<std::string>& words
);

}  // namespace telex::cli
