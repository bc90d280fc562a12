#pragma once
// The exchange that the environment names: TELEX_URL, TELEX_USER and TELEX_CREDENTIALS.
//
// The variables belong together. They are ignored if the options name a server: credentials for one
// exchange are not sent to another. TELEX_CREDENTIALS names a file, because other users can often
// read the environment of a process.
#include <telex/error.hpp>
#include <telex/options.hpp>

namespace telex::client {

// Fills in the servers and the credentials that `options` leaves empty. A program with more rights
// than its caller ignores the variables. Errors: invalid_argument, which names the variable.
[[nodiscard]] Expected<ClientOptions> with_environment(ClientOptions options);

}  // namespace telex::client
