#pragma once
// The loads: throughput, round trips, beats, floods, datagrams and idle clients.
#include "protocol.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace telex::bench {

struct Load {
    const Protocol& protocol;
    std::string target;
    // Of the subscribers of a throughput, which may use another listener.
    const Protocol& subscriber_protocol;
    std::string subscriber_target;
    std::size_t size = 128;       // payload bytes
    std::size_t messages = 1000;  // per publisher, or round trips
    std::size_t publishers = 1;
    std::size_t subscribers = 1;
    bool pairs = false;             // one subject and one subscriber for each publisher
    std::size_t subscriptions = 1;  // per idle client
    std::string filter;             // of all idle clients; empty: one subject each
    std::size_t subjects = 1;       // of a flood
    bool coalesced = false;         // send batches of 64 datagrams
    std::size_t window = 1;         // publications of a publisher that wait for the disk
};

// Returns the seconds from the first byte sent to the last one received. Waits for every delivery:
// if the server drops one, this hangs until the caller's time-out.
double run_throughput(const Load& load);

std::size_t deliveries(const Load& load);

// Returns the seconds until all messages have been routed. There are no subscribers.
double run_flood(const Load& load);

// Returns the seconds that sending took. Datagrams may be lost: the receiver counts them.
double send_datagrams(const Load& load);

// Returns the microseconds of each round trip, in order: one client publishes, another receives the
// message and publishes the reply.
std::vector<double> run_ping_pong(const Load& load);

// The same for requests: one client requests, another replies, each on one connection. NATS only.
std::vector<double> run_requests(const Load& load);

// load.subscribers clients in a ring, each of which sends load.messages to the next one, one a
// second. Returns the microseconds of each delivery. Not the relay, and not redis.
std::vector<double> run_beats(const Load& load);

struct StoredTimes {
    double seconds = 0;
    std::vector<double> microseconds;  // of each publication, if the window is 1
};

// load.publishers clients publish load.messages each to subjects of a stream, with at most
// load.window of them not acknowledged. Publisher N uses the subject "stored.N" modulo
// load.subjects. Not the relay, and not json.
StoredTimes run_stored(const Load& load);

// Connects load.subscribers clients with load.subscriptions each, prints "ready" on standard
// output, and holds them until standard input ends.
void hold_idle(const Load& load);

}  // namespace telex::bench
