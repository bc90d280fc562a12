#pragma once
// The keys of WebSocket and of pages in browsers.
#include "config/keys/listener_keys.hpp"
#include "config/rules/listener_rules.hpp"

namespace telex::config {

void add_websocket_keys(Table<ListenerDraft>& table);
// Whether the listener's sockets, framing and protocol fit WebSocket.
void check_websocket(const ListenerView& listener, Report& report);

}  // namespace telex::config
