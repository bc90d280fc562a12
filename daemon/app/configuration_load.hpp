#pragma once
// Loads the configuration that the command line names: the daemon's own file, or flags and a file
// of nats-server.
#include "app/options.hpp"
#include "compat/load.hpp"
#include "config/parse/environment.hpp"

#include <string>

namespace telex::app {

compat::Loaded load_configuration(const Options& options, const config::Environment& environment);

// The file, for messages.
std::string configuration_name(const Options& options);

}  // namespace telex::app
