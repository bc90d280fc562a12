// Each of the two clients hears on one connection and publishes on another: a redis connection that
// subscribes may not publish, and so that the comparison is fair, nobody's does.
#include "entrance.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <chrono>
#include <thread>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

class Client {
public:
    Client(const Load& load, std::string_view hears, std::string_view says)
        : load_(load),
          ear_(load.target),
          mouth_(load.target),
          buffer_(load.protocol.delivery_bytes(hears, std::string(load.size, 'x'))),
          message_(load.protocol.publish(says, std::string(load.size, 'x'))) {
        subscribe(load.protocol, ear_, hears);
        greet(load.protocol, mouth_, says);
    }

    void say() const {
        mouth_.send_all(message_);
        if (load_.protocol.answers_publish()) {
            mouth_.discard_arrived();
        }
    }

    void hear() {
        for (std::size_t left = buffer_.size(); left > 0;) {
            left -= ear_.receive(buffer_.data(), left);
        }
    }

private:
    const Load& load_;
    Socket ear_;
    Socket mouth_;
    std::vector<char> buffer_;
    std::string message_;
};

}  // namespace

std::vector<double> run_ping_pong(const Load& load) {
    Client asks(load, "ping.b", "ping.a");
    Client answers(load, "ping.a", "ping.b");
    std::thread responder([&] {
        for (std::size_t i = 0; i < load.messages; ++i) {
            answers.hear();
            answers.say();
        }
    });
    std::vector<double> took;
    took.reserve(load.messages);
    for (std::size_t i = 0; i < load.messages; ++i) {
        const auto begin = Clock::now();
        asks.say();
        asks.hear();
        took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    }
    responder.join();
    return took;
}

}  // namespace telex::bench
