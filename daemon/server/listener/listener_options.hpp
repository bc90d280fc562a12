#pragma once
// The configuration of one listener. Plain data with the daemon's defaults; filled by the loader,
// read by the server.
#include "codec/framing.hpp"
#include "net/address.hpp"
#include "net/network.hpp"
#include "session/options.hpp"
#include "telex/v1/telex.pb.h"
#include "tls/server_context.hpp"
#include "web/upgrade_request.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace telex::server {

enum class AcceptMode : std::uint8_t {
    balanced,   // hand a new connection to the less loaded of two reactors
    reuseport,  // leave it on the reactor that the kernel chose
};

struct SlowConsumerOptions {
    // Neither policy is "unspecified".
    v1::SlowPolicy policy = v1::SLOW_POLICY_DISCONNECT;
    // Applies after `block` lasted max_block; must not be `block`.
    v1::SlowPolicy fallback = v1::SLOW_POLICY_DISCONNECT;
    std::chrono::milliseconds max_block{5'000};
    // Maximum bytes queued for one connection before its policy acts.
    std::size_t max_pending_bytes = 8U << 20U;
    // Maximum age of the oldest queued message before its policy acts.
    std::chrono::milliseconds max_pending_age{10'000};
    // Subscriptions may select `block`. Absent: if there are no users.
    std::optional<bool> allow_block;
};

// Limits replies to datagrams of unproved addresses: bytes per byte received.
struct AmplificationOptions {
    std::uint32_t factor = 1;
    std::vector<net::Network> networks;  // where the factor applies; 1 elsewhere
};

// Connections of these peers come through a proxy, which names the real peer.
struct ProxyProtocolOptions {
    std::vector<net::Network> networks;
    bool unix_sockets = false;  // every peer of a unix socket

    bool operator==(const ProxyProtocolOptions&) const = default;
};

struct TlsOptions {
    tls::ServerOptions context;
    std::chrono::milliseconds handshake_timeout{5'000};
};

struct WebSocketOptions {
    web::UpgradeRules upgrade;
    std::optional<bool> text;  // messages that are written; absent: by the protocol
};

struct ListenerOptions {
    std::string name;
    std::vector<net::Address> addresses;
    std::string protocol = "telex";
    codec::Framing framing;
    std::string framing_name;  // as configured, for the status
    // Datagrams are divided into frames by the framing. Else each is one frame.
    bool split_packets = false;
    AcceptMode accept = AcceptMode::balanced;
    // Unix sockets: permission bits, owner and group of the socket file.
    std::optional<mode_t> mode;
    std::optional<std::string> owner;
    std::optional<std::string> group;
    // Abstract unix sockets have no permissions, and must be enabled.
    bool allow_abstract = false;
    std::uint32_t max_connections = 10'000;
    // Maximum connections that are not authenticated; a quarter of them for one network.
    std::uint32_t max_unauthenticated = 4'096;
    // Accepts passwords and tokens over channels that others could read.
    bool plaintext_secrets = false;
    int backlog = 1'024;
    // Maximum time from the first byte of a frame to its last; longer for long frames
    // (TimeLimits::frame_end).
    std::chrono::milliseconds frame_timeout{30'000};
    SlowConsumerOptions slow_consumer;
    AmplificationOptions amplification;
    // Absent: no peer may send the header of the PROXY protocol. Otherwise each must.
    std::optional<ProxyProtocolOptions> proxy_protocol;
    std::optional<TlsOptions> tls;
    // Absent: connections begin with the framing.
    std::optional<WebSocketOptions> websocket;
    // Of pages in browsers that may connect, beside those of this host.
    std::vector<std::string> origins;
    // The user of peers that match no other; if empty and there are users, they are rejected.
    std::string user;
    session::SessionOptions session;
};

// The former names of listeners that a reload renames, by their new names.
using Renames = std::map<std::string, std::string>;

}  // namespace telex::server
