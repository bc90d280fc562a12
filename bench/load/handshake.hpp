#pragma once
// Handshakes of the load's clients. Each function waits until the server has processed it.
#include "protocol.hpp"
#include "socket.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace telex::bench {

void greet(const Protocol& protocol, const Socket& socket, std::string_view subject);
void greet_to_store(const Protocol& protocol, const Socket& socket, std::string_view inbox);
// More than one filter: telex only.
void subscribe_to_all(
    const Protocol& protocol, const Socket& socket, const std::vector<std::string>& filters
);
// Returns when everything published on this socket has been routed.
void wait_until_done(const Protocol& protocol, const Socket& socket);
void subscribe(const Protocol& protocol, const Socket& socket, std::string_view subject);

}  // namespace telex::bench
