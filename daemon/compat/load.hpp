#pragma once
// Makes a configuration of a command line of nats-server and the file that it names.
//
//   flags, FILE -> draft -> tree of telex's configuration -> checks of the ordinary loader
#include "compat/flags.hpp"
#include "config/load.hpp"

#include <string>

namespace telex::compat {

struct Loaded {
    config::LoadResult result;
    std::string log_file;  // empty: standard error
    std::string pid_file;  // empty: none
};

// Reads files. `environment` provides the variables; reads the current folder for relative paths.
Loaded load(const Flags& flags, config::Environment environment);

}  // namespace telex::compat
