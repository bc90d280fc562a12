#pragma once
// The keys of a listener's TLS, and the rules over them.
#include "config/listener_keys.hpp"
#include "config/listener_rules.hpp"

namespace telex::config {

void add_tls_keys(Table<ListenerDraft>& table);

// Also reads the files, so that a check finds what a start would.
void check_tls(const ListenerView& listener, Report& report);

}  // namespace telex::config
