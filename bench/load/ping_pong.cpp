// Both clients receive on one connection and publish on another, for all servers: a redis
// connection with a subscription may not publish.
#include "handshake.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <chrono>
#include <thread>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

class Client {
public:
    Client(const Load& load, std::string_view subject, std::string_view reply_subject)
        : load_(load),
          subscriber_(load.target),
          publisher_(load.target),
          buffer_(load.protocol.delivery_bytes(subject, std::string(load.size, 'x'))),
          message_(load.protocol.publish(reply_subject, std::string(load.size, 'x'))) {
        subscribe(load.protocol, subscriber_, subject);
        greet(load.protocol, publisher_, reply_subject);
    }

    void publish() const {
        publisher_.send_all(message_);
        if (load_.protocol.replies_to_publish()) {
            publisher_.discard_arrived();
        }
    }

    void receive() {
        for (std::size_t left = buffer_.size(); left > 0;) {
            left -= subscriber_.receive(buffer_.data(), left);
        }
    }

private:
    const Load& load_;
    Socket subscriber_;
    Socket publisher_;
    std::vector<char> buffer_;
    std::string message_;
};

}  // namespace

std::vector<double> run_ping_pong(const Load& load) {
    Client requests(load, "ping.b", "ping.a");
    Client replies(load, "ping.a", "ping.b");
    std::thread responder([&] {
        for (std::size_t i = 0; i < load.messages; ++i) {
            replies.receive();
            replies.publish();
        }
    });
    std::vector<double> took;
    took.reserve(load.messages);
    for (std::size_t i = 0; i < load.messages; ++i) {
        const auto begin = Clock::now();
        requests.publish();
        requests.receive();
        took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    }
    responder.join();
    return took;
}

}  // namespace telex::bench
