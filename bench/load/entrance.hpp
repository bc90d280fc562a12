#pragma once
// How a client of a load gets in: it says who it is and waits until that is in force.
#include "protocol.hpp"
#include "socket.hpp"

#include <string_view>

namespace telex::bench {

void greet(const Protocol& protocol, const Socket& socket, std::string_view subject);
void subscribe(const Protocol& protocol, const Socket& socket, std::string_view subject);

}  // namespace telex::bench
