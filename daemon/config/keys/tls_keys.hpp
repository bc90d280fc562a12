#pragma once
// The keys of a listener's TLS, and the rules over them.
#include "config/keys/listener_keys.hpp"
#include "config/parse/environment.hpp"
#include "config/rules/listener_rules.hpp"

namespace telex::config {

void add_tls_keys(Table<ListenerDraft>& table);

// Also reads the files, so that a check finds what a start would. Reports an error for a
// certificate that is not valid at the environment's time, and a warning for one that soon expires.
void check_tls(const ListenerView& listener, const Environment& environment, Report& report);

}  // namespace telex::config
