#pragma once
// The help of a command, for a terminal of 80 columns.
#include "cli/options/command.hpp"

#include <string>
#include <string_view>

namespace telex::cli {

// `path`: "telex frame decode".
std::string help_text(const Command& command, std::string_view path);

// "-h,--help", which every command has. The parser handles it.
const Option& help_option();

}  // namespace telex::cli
