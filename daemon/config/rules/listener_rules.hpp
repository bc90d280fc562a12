#pragma once
// Rules over the keys of one listener; see validate.hpp.
#include "config/parse/origins.hpp"
#include "config/parse/report.hpp"
#include "server/listener/listener_options.hpp"
#include "session/protocol.hpp"

#include <string>

namespace telex::config {

// A listener as seen by the rules.
struct ListenerView {
    const server::ListenerOptions& options;
    const std::string& path;  // "listeners[0]"
    const Origins& origins;

    std::string at(std::string_view key) const { return join(path, key); }

    bool given(std::string_view key) const { return origins.given(at(key)); }

    bool good(std::string_view key) const { return origins.good(at(key)); }
};

void check_sockets(const ListenerView& listener, Report& report);
// `protocol` is the listener's.
void check_protocol(
    const ListenerView& listener, const session::Protocol& protocol, Report& report
);
void check_limits(const ListenerView& listener, Report& report);

}  // namespace telex::config
