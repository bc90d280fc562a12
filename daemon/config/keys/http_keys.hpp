#pragma once
// The keys of the HTTP interface for monitoring and browsers.
#include "config/keys/server_keys.hpp"

namespace telex::config {

void add_http_keys(Table<ConfigDraft>& table);

}  // namespace telex::config
