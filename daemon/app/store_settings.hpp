#pragma once
// The settings of the store as the configuration gives them, and the exit codes of its errors.
#include "config/config.hpp"
#include "store/rocks_store.hpp"
#include "store/store_error.hpp"

namespace telex::app {

store::RocksSettings store_settings(const config::StorageOptions& options);

// Of sysexits.h.
int exit_code_of(store::StoreFault fault);

}  // namespace telex::app
