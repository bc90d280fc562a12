#pragma once
// The commands of telexd: run the daemon, check or print a configuration.
#include "app/options.hpp"

namespace telex::app {

// Runs the daemon or the requested command. Returns the exit code of the process (sysexits.h).
int run(const Options& options);

}  // namespace telex::app
