#pragma once
// The system users that control this process anyway, and hence may operate the daemon.
#include "net/peer.hpp"

namespace telex::server {

// Root, or the user that this process runs as, as reported by the kernel. Never the id by which a
// user namespace shows users that it does not map (access::kOverflowId).
bool owns_daemon(const net::Credentials& credentials);

}  // namespace telex::server
