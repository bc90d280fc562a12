#pragma once
// telexd --verify-store: reads the whole store of a configuration and prints each damage. Requires
// that no daemon has the store open.
#include "config/config.hpp"

namespace telex::app {

// Prints to standard output; progress to standard error if it is a terminal. Returns the exit code:
// EX_OK if all is intact, EX_IOERR for damage, those of exit_code_of() if the store does not open,
// EX_CONFIG without storage in the configuration, EX_NOINPUT if there is no store.
int verify_store(const config::StorageOptions& options);

}  // namespace telex::app
