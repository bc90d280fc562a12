#pragma once
// The source that failed attempts of a peer to authenticate count for (access::AttemptLimiter).
#include <string>

namespace telex::server {

// The peer's network or, at unix sockets, the user of the system. Empty for loopback addresses,
// which every process of this host may use: there it depends on the attempt. `host`: net::host_of
// the peer.
std::string attempt_source_of(const std::string& host);

}  // namespace telex::server
