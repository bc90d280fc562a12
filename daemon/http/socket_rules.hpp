#pragma once
// Where HTTP may be served. The configuration is held to the same rule, but cannot know the sockets
// that systemd passes, nor what a host's name will mean.
#include "net/listen.hpp"

#include <optional>
#include <string>

namespace telex::http {

// Returns the fault of a socket: it does not accept connections, or accepts them from other hosts.
// Of unix sockets only those with a file will do, since its permissions say who may ask.
[[nodiscard]] std::optional<std::string> fault_of(const net::Bound& socket);

}  // namespace telex::http
