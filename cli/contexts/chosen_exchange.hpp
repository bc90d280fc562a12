#pragma once
// Which exchange a command connects to: that of --server, --context, TELEX_URL, the selected
// context or, if none of them is given, a default one.
#include "base/result.hpp"
#include "cli/connection/connection_options.hpp"

#include <string>

namespace telex::cli {

// Completes the options of the command line. Leaves the variables TELEX_* to libtelex. The error
// says what to do.
[[nodiscard]] Result<ConnectionOptions, std::string> chosen_exchange(const ConnectionOptions& given
);

// Returns the value of TELEX_URL, or an empty text.
std::string environment_url();

}  // namespace telex::cli
