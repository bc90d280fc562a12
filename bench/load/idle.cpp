#include "entrance.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <cstdio>
#include <string>

namespace telex::bench {

void hold_idle(const Load& load) {
    std::vector<Socket> sockets;
    sockets.reserve(load.subscribers);
    for (std::size_t i = 0; i < load.subscribers; ++i) {
        sockets.emplace_back(load.target);
        subscribe(load.protocol, sockets.back(), "device." + std::to_string(i) + ".state");
    }
    std::puts("ready");
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
}

}  // namespace telex::bench
