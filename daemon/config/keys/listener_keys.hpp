#pragma once
// The keys of a listener.
#include "config/keys/key.hpp"
#include "server/listener/listener_options.hpp"

#include <cstddef>
#include <map>

namespace telex::config {

// A listener during loading. Its framing is determined last: the default depends on the protocol,
// the addresses and the limits.
struct ListenerDraft {
    server::ListenerOptions options;
    const Node* framing = nullptr;
    std::optional<std::size_t> max_frame_bytes;
    std::optional<bool> split_packets;   // absent: see splits_by_default
    bool idle_timeout_is_off = false;    // explicitly
    server::TlsOptions tls;              // moved to the options if the file has the section
    server::WebSocketOptions websocket;  // likewise
    // Those of the listener's protocol go into the options; the keys of others are errors.
    std::map<const session::Protocol*, session::ProtocolOptions> protocol_options;
};

const Table<ListenerDraft>& listener_keys();

}  // namespace telex::config
