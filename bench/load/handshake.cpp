#include "handshake.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace telex::bench {

namespace {

template <class Done>
void wait_for(const Socket& socket, Done&& done) {
    std::string received;
    std::array<char, 4'096> buffer;
    while (!done(received)) {
        received.append(buffer.data(), socket.receive(buffer.data(), buffer.size()));
    }
}

}  // namespace

void greet(const Protocol& protocol, const Socket& socket, std::string_view subject) {
    socket.send_all(protocol.greet(subject));
    wait_for(socket, [&](std::string_view received) { return protocol.greeted(received); });
}

void greet_to_store(const Protocol& protocol, const Socket& socket, std::string_view inbox) {
    socket.send_all(protocol.greet_to_store(inbox));
    wait_for(socket, [&](std::string_view received) { return protocol.greeted(received); });
}

void subscribe(const Protocol& protocol, const Socket& socket, std::string_view subject) {
    socket.send_all(protocol.subscribe(subject));
    wait_for(socket, [&](std::string_view received) { return protocol.subscribed(received); });
}

void subscribe_to_all(
    const Protocol& protocol, const Socket& socket, const std::vector<std::string>& filters
) {
    // The server stops reading from a client that does not read its replies.
    constexpr std::size_t kMaxOutstanding = 1'000;
    subscribe(protocol, socket, filters.front());
    for (std::size_t number = 2; number <= filters.size();) {
        const std::size_t last = std::min(filters.size(), number + kMaxOutstanding);
        std::string bytes;
        for (; number <= last; ++number) {
            bytes += protocol.subscribe_too(number, filters[number - 1]);
        }
        socket.send_all(bytes);
        wait_for(socket, [&](std::string_view received) {
            return protocol.subscribed_too(received, last);
        });
    }
}

void wait_until_done(const Protocol& protocol, const Socket& socket) {
    socket.send_all(protocol.flush_request());
    wait_for(socket, [&](std::string_view received) { return protocol.done(received); });
}

}  // namespace telex::bench
