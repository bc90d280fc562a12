#include "entrance.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace telex::bench {

namespace {

template <class Done>
void wait_for(const Socket& socket, Done&& done) {
    std::string heard;
    std::array<char, 4'096> buffer;
    while (!done(heard)) {
        heard.append(buffer.data(), socket.receive(buffer.data(), buffer.size()));
    }
}

}  // namespace

void greet(const Protocol& protocol, const Socket& socket, std::string_view subject) {
    socket.send_all(protocol.greet(subject));
    wait_for(socket, [&](std::string_view heard) { return protocol.greeted(heard); });
}

void subscribe(const Protocol& protocol, const Socket& socket, std::string_view subject) {
    socket.send_all(protocol.subscribe(subject));
    wait_for(socket, [&](std::string_view heard) { return protocol.subscribed(heard); });
}

void subscribe_to_all(
    const Protocol& protocol, const Socket& socket, const std::vector<std::string>& filters
) {
    // The server stops reading from one who does not read its answers: now and then they are.
    constexpr std::size_t kAnswersOutstanding = 1'000;
    subscribe(protocol, socket, filters.front());
    for (std::size_t number = 2; number <= filters.size();) {
        const std::size_t last = std::min(filters.size(), number + kAnswersOutstanding);
        std::string bytes;
        for (; number <= last; ++number) {
            bytes += protocol.subscribe_too(number, filters[number - 1]);
        }
        socket.send_all(bytes);
        wait_for(socket, [&](std::string_view heard) {
            return protocol.subscribed_too(heard, last);
        });
    }
}

void wait_until_done(const Protocol& protocol, const Socket& socket) {
    socket.send_all(protocol.ask_done());
    wait_for(socket, [&](std::string_view heard) { return protocol.done(heard); });
}

}  // namespace telex::bench
