#pragma once
// The addresses on which HTTP may be served. The configuration is checked by the same rule, but
// does not know the sockets that systemd passes, nor the address of a host name.
#include "net/listen.hpp"

#include <optional>
#include <string>

namespace telex::http {

// Returns the fault of a socket: it does not accept connections, or accepts them from other hosts.
// A unix socket must have a file, whose permissions decide about access.
[[nodiscard]] std::optional<std::string> fault_of(const net::Bound& socket);

}  // namespace telex::http
