#pragma once
// Who may do anything to this process anyway, and hence may operate it.
#include "net/peer.hpp"

namespace telex::server {

// Root, or the user that this process runs as, by the kernel's word. Not the id that a user
// namespace shows of those whom it does not know (access::kOverflowId), whoever has it.
bool owns_daemon(const net::Credentials& credentials);

}  // namespace telex::server
