#pragma once
// The configuration as a file again: `telexd --print-config` and `--print-defaults`.
#include "config/config.hpp"
#include "config/parse/setting.hpp"

#include <string>

namespace telex::config {

// Returns the keys that the file sets, in the order of the reference, and all defaults as comments.
// Loading the result gives the same configuration. Secrets are shown as the file refers to them
// (`${credential:key}`), hashes of secrets are left out.
std::string print_config(const Config& config, const Settings& settings);

// The same for a file with a single listener.
std::string print_defaults();

}  // namespace telex::config
