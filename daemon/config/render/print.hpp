#pragma once
// The configuration as a file again: `telexd --print-config` and `--print-defaults`.
#include "config/config.hpp"
#include "config/parse/setting.hpp"

#include <string>

namespace telex::config {

// What the file says, in the order of the reference, and behind '#' what holds because it says
// nothing. The result can be loaded and means the same; what is secret stands in it as the file
// names it
// (`${credential:key}`), and hashes of secrets are left out.
std::string print_config(const Config& config, const Settings& settings);

// The same of a file with one listener and nothing more.
std::string print_defaults();

}  // namespace telex::config
