#include "entrance.hpp"

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

}  // namespace telex::bench
