#pragma once
// The next step for a user of the tool if no exchange could be reached.
#include "cli/connection/connection_options.hpp"
#include <telex/error.hpp>

#include <string_view>

namespace telex::cli {

// Returns an empty text if the error says it all.
std::string_view connect_hint(const Error& error, const ConnectionOptions& options);

}  // namespace telex::cli
