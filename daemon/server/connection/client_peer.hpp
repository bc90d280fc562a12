#pragma once
// The peer of a client. Its texts are made when they are asked for: an idle client keeps only the
// address.
#include "net/address.hpp"
#include "net/compact_peer.hpp"
#include "net/peer.hpp"
#include "session/transport.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace telex::server {

struct ClientPeer {
    net::CompactPeer address;
    net::Transport transport = net::Transport::tcp;
    // Unique in this run of the daemon; 0 until the client is numbered.
    std::uint64_t connection = 0;
    // The name of its listener.
    std::shared_ptr<const std::string> listener;

    std::string host() const { return net::host_of(address.full()); }

    std::string text() const { return net::to_string(address.full()); }

    std::string port() const { return net::port_of(address.full()); }

    session::PeerFacts facts() const {
        return {
            .transport = std::string(net::transport_name(transport)),
            .host = host(),
            .port = port(),
            .listener = *listener,
            .connection = std::to_string(connection),
        };
    }
};

}  // namespace telex::server
