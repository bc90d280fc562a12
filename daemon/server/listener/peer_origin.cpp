#include "server/listener/peer_origin.hpp"

#include "net/peer.hpp"

namespace telex::server {

PeerOrigin origin_of(const std::string& host) {
    const std::string network = net::network_of(host);
    if (net::is_loopback(host)) {
        return {.network = network, .attempt_source = {}};
    }
    const bool is_uid = host.starts_with("uid-");
    return {.network = network, .attempt_source = is_uid ? host : network};
}

}  // namespace telex::server
