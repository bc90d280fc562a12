// Publishes without subscribers, which measures decoding, checks and the look-up. The last reply
// confirms that everything has been routed.
#include "blocks.hpp"
#include "handshake.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <thread>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

// A message for each subject, in random order.
std::string all_messages(const Load& load) {
    std::vector<std::size_t> order(load.subjects);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
    std::string bytes;
    for (const std::size_t subject : order) {
        bytes +=
            load.protocol.publish(device_subject(subject) + ".level", std::string(load.size, 'x'));
    }
    return bytes;
}

void flood(const Load& load, const Socket& socket, const std::string& bytes) {
    const std::size_t each = bytes.size() / load.subjects;
    std::size_t at = 0;
    for (std::size_t left = load.messages; left > 0;) {
        const std::size_t now = std::min({left, per_block(each), load.subjects - at});
        socket.send_all(std::string_view(bytes).substr(at * each, now * each));
        left -= now;
        at = (at + now) % load.subjects;
        if (load.protocol.replies_to_publish()) {
            socket.discard_arrived();
        }
    }
    wait_until_done(load.protocol, socket);
}

}  // namespace

double run_flood(const Load& load) {
    const std::string bytes = all_messages(load);
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < load.publishers; ++i) {
        sockets.emplace_back(load.target);
        greet(load.protocol, sockets.back(), "bench.a");
    }
    const auto begin = Clock::now();
    std::vector<std::thread> publishers;
    publishers.reserve(sockets.size());
    for (const Socket& socket : sockets) {
        publishers.emplace_back([&] { flood(load, socket, bytes); });
    }
    for (auto& publisher : publishers) {
        publisher.join();
    }
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace telex::bench
