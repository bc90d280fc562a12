#pragma once
// A command below `telex stream` in a separate source.
#include "cli/connection/connection_options.hpp"
#include "cli/options/command.hpp"

namespace telex::cli {

Command stream_get_command(const SharedConnection& connection);

}  // namespace telex::cli
