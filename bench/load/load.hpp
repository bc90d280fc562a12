#pragma once
// The loads: as many messages as fit through, and one message there and back.
#include "protocol.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace telex::bench {

struct Load {
    const Protocol& protocol;
    std::string target;
    std::size_t size = 128;       // payload bytes
    std::size_t messages = 1000;  // by each publisher, or round trips
    std::size_t publishers = 1;
    std::size_t subscribers = 1;
    bool pairs = false;             // each publisher has a subject, and a subscriber, of its own
    std::size_t subscriptions = 1;  // of each idle client
    std::string filter;             // of all idle clients, if not empty
    std::size_t subjects = 1;       // that a flood goes to
    bool coalesced = false;         // datagrams are sent 64 at once
};

// Seconds from the first byte sent to the last one received. Every delivery is waited for; a server
// that drops one makes this hang until the caller's patience ends, and is not measured.
double run_throughput(const Load& load);

std::size_t deliveries(const Load& load);

// Seconds until all messages of all publishers have been routed to nobody.
double run_flood(const Load& load);

// Seconds that sending took. Datagrams may be lost: the receiver knows how many came.
double send_datagrams(const Load& load);

// Microseconds of each round trip: one client publishes, another hears it and publishes the answer,
// the first hears that. In the order in which they were made.
std::vector<double> run_ping_pong(const Load& load);

// Connects load.subscribers clients, each with load.subscriptions of its own, says "ready" on
// standard output, and holds them until standard input ends.
void hold_idle(const Load& load);

}  // namespace telex::bench
