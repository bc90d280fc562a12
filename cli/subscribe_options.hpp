#pragma once
// The options that every subscribing command has.
#include <telex/options.hpp>

namespace CLI {
class App;
}  // namespace CLI

namespace telex::cli {

// --queue, --policy, --credit
void add_subscribe(CLI::App& app, SubscribeOptions& options);

}  // namespace telex::cli
