#pragma once
// Puts the command in front of the options that were written before it: "--count 3 sub a" means
// "sub --count 3 a". The word "sub" may also be the value of an option, so a word is the command
// only if the words before it are options, and values of options, of that command.
#include "cli/options/command.hpp"

#include <string>
#include <vector>

namespace telex::cli {

// `words`: of the command line, without the name of the program. They are returned as they are if
// no word is the command.
std::vector<std::string> command_first(const Command& tool, std::vector<std::string> words);

}  // namespace telex::cli
