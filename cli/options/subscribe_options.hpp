#pragma once
// The options that every subscribing command has.
#include "cli/options/cli11.hpp"
#include <telex/options.hpp>

namespace telex::cli {

// --queue, --policy, --credit
void add_subscribe(CLI::App& app, SubscribeOptions& options);

}  // namespace telex::cli
