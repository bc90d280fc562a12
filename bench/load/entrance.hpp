#pragma once
// How a client of a load gets in: it says who it is and waits until that is in force.
#include "protocol.hpp"
#include "socket.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace telex::bench {

void greet(const Protocol& protocol, const Socket& socket, std::string_view subject);
// Telex only, when there is more than one.
void subscribe_to_all(
    const Protocol& protocol, const Socket& socket, const std::vector<std::string>& filters
);
// Returns when all that was published on this socket has been routed.
void wait_until_done(const Protocol& protocol, const Socket& socket);
void subscribe(const Protocol& protocol, const Socket& socket, std::string_view subject);

}  // namespace telex::bench
