#pragma once
// Where HTTP may be served. The configuration is held to the same rule, but cannot know the sockets
// that systemd passes, nor what a host's name will mean.
#include "net/listen.hpp"

#include <optional>
#include <string>

namespace telex::http {

// What is wrong with a socket: it takes no connections, or some that need not come from this host.
// Of unix sockets only those with a file will do, since its permissions say who may ask.
[[nodiscard]] std::optional<std::string> fault_of(const net::Bound& socket);

}  // namespace telex::http
