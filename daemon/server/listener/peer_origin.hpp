#pragma once
// The origin of a peer: the limits before authentication are common to peers of one origin.
#include <string>

namespace telex::server {

struct PeerOrigin {
    // The network that the peer comes from (net::network_of); empty for none.
    std::string network;
    // The source that failed attempts count for: the network or, at unix sockets, the user of the
    // system. Empty for loopback addresses, which every process of this host may use.
    std::string attempt_source;
};

// `host`: net::host_of the peer.
PeerOrigin origin_of(const std::string& host);

}  // namespace telex::server
