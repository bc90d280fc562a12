#pragma once
// The keys that protocols declare for their listeners, and which keys apply to which protocol.
#include "config/keys/listener_keys.hpp"
#include "session/protocol.hpp"

#include <string>

namespace telex::config {

void add_protocol_keys(Table<ListenerDraft>& table);

bool applies_to(const Applies& applies, const session::Protocol& protocol);

// "telex and json": the protocols to which it applies, or does not.
std::string protocols_with(const Applies& applies, bool applying = true);

}  // namespace telex::config
