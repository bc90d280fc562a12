#pragma once
// The keys `limits.*` of a listener.
#include "config/keys/listener_keys.hpp"

namespace telex::config {

void add_limit_keys(Table<ListenerDraft>& table);

}  // namespace telex::config
