#pragma once
// The keys that only listeners of NATS clients have.
#include "session/protocol.hpp"

#include <span>
#include <vector>

namespace telex::session::nats {

struct NatsOptions {
    // TLS begins at once; otherwise the server sends INFO first, in plain text.
    bool handshake_first = false;
};

// For Protocol::option_rows and check_listener.
std::span<const OptionRow> nats_option_rows();
std::vector<ListenerError> check_nats_listener(const ListenerFacts& facts);

}  // namespace telex::session::nats
