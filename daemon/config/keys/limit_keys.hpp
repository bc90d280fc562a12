#pragma once
// The limits of a listener: `limits.*`.
#include "config/keys/listener_keys.hpp"

namespace telex::config {

void add_limit_keys(Table<ListenerDraft>& table);

}  // namespace telex::config
