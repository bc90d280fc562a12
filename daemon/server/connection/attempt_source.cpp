#include "server/connection/attempt_source.hpp"

#include "net/peer.hpp"

namespace telex::server {

std::string attempt_source_of(const std::string& host) {
    if (net::is_loopback(host)) {
        return {};
    }
    return host.starts_with("uid-") ? host : net::network_of(host);
}

}  // namespace telex::server
