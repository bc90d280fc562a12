#pragma once
// A command of the tool, as data: its options, its help and what it does.
#include "cli/options/option_set.hpp"

#include <functional>
#include <string>
#include <vector>

namespace telex::cli {

// Does the work of a command after its options were stored. Returns the exit code.
using Action = std::function<int()>;

struct Example {
    std::string purpose;  // a phrase
    std::string line;     // for a shell
};

struct Command {
    std::string name;
    std::string summary;
    OptionSet options{};
    std::vector<Example> examples{};
    std::string footer{};             // the last paragraph of the help
    Action run{};                     // owns the values that the options store
    std::vector<Command> commands{};  // where set, one of them is required, and `run` is not used
    std::string group{};              // its heading in the help of the command above
    bool connects = false;            // accepts the options of the tool, which choose the exchange
};

}  // namespace telex::cli
