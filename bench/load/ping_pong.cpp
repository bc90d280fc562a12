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

// A connection that is subscribed to `subject`, sends `message`, and receives messages of `bytes`.
class Peer {
public:
    Peer(const Load& load, std::string_view subject, std::string message, std::size_t bytes)
        : socket_(load.target), message_(std::move(message)), buffer_(bytes) {
        subscribe(load.protocol, socket_, subject);
    }

    void send() const { socket_.send_all(message_); }

    void receive() {
        for (std::size_t left = buffer_.size(); left > 0;) {
            left -= socket_.receive(buffer_.data(), left);
        }
    }

private:
    Socket socket_;
    std::string message_;
    std::vector<char> buffer_;
};

// `answer` is run by a thread, `ask` by the caller. Returns the microseconds of each `ask`.
template <class Ask, class Answer>
std::vector<double> measure(std::size_t count, Ask&& ask, Answer&& answer) {
    std::thread responder([&] {
        for (std::size_t i = 0; i < count; ++i) {
            answer();
        }
    });
    std::vector<double> took;
    took.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = Clock::now();
        ask();
        took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    }
    responder.join();
    return took;
}

}  // namespace

std::vector<double> run_ping_pong(const Load& load) {
    Client requests(load, "ping.b", "ping.a");
    Client replies(load, "ping.a", "ping.b");
    return measure(
        load.messages,
        [&] {
            requests.publish();
            requests.receive();
        },
        [&] {
            replies.receive();
            replies.publish();
        }
    );
}

std::vector<double> run_requests(const Load& load) {
    // As long as the names that libraries make.
    constexpr std::string_view kService = "bench.service";
    constexpr std::string_view kInbox = "_INBOX.0123456789abcdefghijkl.a";
    const Protocol& protocol = load.protocol;
    const std::string payload(load.size, 'x');
    Peer client(
        load,
        kInbox,
        protocol.request(kService, kInbox, payload),
        protocol.delivery_bytes(kInbox, payload)
    );
    Peer service(
        load,
        kService,
        protocol.publish(kInbox, payload),
        protocol.request_bytes(kService, kInbox, payload)
    );
    return measure(
        load.messages,
        [&] {
            client.send();
            client.receive();
        },
        [&] {
            service.receive();
            service.send();
        }
    );
}

}  // namespace telex::bench
