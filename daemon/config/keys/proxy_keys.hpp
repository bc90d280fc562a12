#pragma once
// The keys of connections that arrive through proxies.
#include "config/keys/listener_keys.hpp"
#include "config/rules/listener_rules.hpp"

namespace telex::config {

void add_proxy_keys(Table<ListenerDraft>& table);
// Whether the listener's sockets fit the proxies that it names.
void check_proxies(const ListenerView& listener, Report& report);

}  // namespace telex::config
