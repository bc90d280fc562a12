#include "blocks.hpp"
#include "handshake.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <cstdio>
#include <string>

namespace telex::bench {

namespace {

// One in ten has a wildcard.
std::string filter_of(std::size_t number) {
    return device_subject(number) + (number % 10 == 9 ? ".*.alarm" : ".state");
}

}  // namespace

void hold_idle(const Load& load) {
    std::vector<Socket> sockets;
    sockets.reserve(load.subscribers);
    for (std::size_t i = 0; i < load.subscribers; ++i) {
        const std::size_t first = i * load.subscriptions;
        std::vector<std::string> filters;
        filters.reserve(load.subscriptions);
        for (std::size_t j = 0; j < load.subscriptions; ++j) {
            filters.push_back(load.filter.empty() ? filter_of(first + j) : load.filter);
        }
        sockets.emplace_back(load.target);
        subscribe_to_all(load.protocol, sockets.back(), filters);
    }
    std::puts("ready");
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
}

}  // namespace telex::bench
