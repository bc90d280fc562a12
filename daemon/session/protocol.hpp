#pragma once
// One protocol: what it is called, what it can do, and how its sessions are made.
// protocols/registry lists them.
#include "session/options.hpp"
#include "session/session.hpp"

#include <memory>
#include <string_view>

namespace telex::session {

struct Protocol {
    std::string_view name;             // as in the configuration: "telex", "json", "raw"
    std::string_view default_framing;  // preset for byte streams
    std::string_view summary;          // one line for the documentation
    std::unique_ptr<Session> (*make)(
        Transport& transport, broker::Port& broker, const SessionOptions& options
    );
    // True: whatever bytes a peer sends first are its own business. False: the first bytes of HTTP,
    // TLS and the like can only be somebody at the wrong port.
    bool any_bytes = false;
    // Clients introduce themselves and can show credentials.
    bool has_hello = true;
    // Peers cannot be pinged, so a quiet one is not taken for dead. When a listener is full, its
    // longest-silent connection is closed to make room.
    bool may_be_silent = false;
    // What clients that use TLS may ask for by ALPN; empty: they are not asked.
    std::string_view alpn;
};

}  // namespace telex::session
