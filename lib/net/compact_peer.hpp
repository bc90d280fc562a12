#pragma once
// The peer of a socket as an idle connection keeps it. Most peers have an address of IP, or are
// unnamed peers of a unix socket: these take half of a Peer. Others lie in a separate block.
//
// Owned by the connection, on its thread.
#include "net/peer.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace telex::net {

class CompactPeer {
public:
    CompactPeer() : peer_(Unnamed()) {}

    // Implicit: it is a Peer in another form.
    CompactPeer(Peer peer) : peer_(compact(std::move(peer))) {}

    Peer full() const {
        if (const auto* const other = std::get_if<Other>(&peer_)) {
            return **other;
        }
        if (const auto* const unnamed = std::get_if<Unnamed>(&peer_)) {
            return {UnixUnnamedPeer{}, *unnamed};
        }
        if (const auto* const ipv6 = std::get_if<Ipv6Peer>(&peer_)) {
            return {*ipv6, std::nullopt};
        }
        return {std::get<Ipv4Peer>(peer_), std::nullopt};
    }

private:
    using Other = std::unique_ptr<const Peer>;  // not null
    using Unnamed = std::optional<Credentials>;
    using Variant = std::variant<Ipv4Peer, Ipv6Peer, Unnamed, Other>;

    static Variant compact(Peer peer) {
        if (std::holds_alternative<UnixUnnamedPeer>(peer.address)) {
            return peer.credentials;
        }
        if (!peer.credentials) {
            if (const auto* const ipv4 = std::get_if<Ipv4Peer>(&peer.address)) {
                return *ipv4;
            }
            if (const auto* const ipv6 = std::get_if<Ipv6Peer>(&peer.address)) {
                return *ipv6;
            }
        }
        return std::make_unique<const Peer>(std::move(peer));
    }

    Variant peer_;
};

}  // namespace telex::net
