#include "protocols.hpp"
#include "socket.hpp"

#include <string>

namespace telex::bench {

namespace {

// nats

// As its libraries send it.
constexpr std::string_view kConnect =
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"headers\":true,"
    "\"no_responders\":true}\r\n";

class Nats final : public Protocol {
public:
    std::string greet(std::string_view) const override {
        return std::string(kConnect) + "PING\r\n";
    }

    std::string subscribe(std::string_view subject) const override {
        return std::string(kConnect) + "SUB " + std::string(subject) + " 1\r\nPING\r\n";
    }

    bool greeted(std::string_view received) const override { return done(received); }

    bool subscribed(std::string_view received) const override { return done(received); }

    std::string flush_request() const override { return "PING\r\n"; }

    bool done(std::string_view received) const override { return received.ends_with("PONG\r\n"); }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return "PUB " + std::string(subject) + " " + std::to_string(payload.size()) + "\r\n" +
               std::string(payload) + "\r\n";
    }

    std::string request(std::string_view subject, std::string_view reply, std::string_view payload)
        const override {
        return publish(std::string(subject) + " " + std::string(reply), payload);
    }

    std::string greet_to_store(std::string_view inbox) const override {
        return std::string(kConnect) + "SUB " + std::string(inbox) + " 1\r\nPING\r\n";
    }

    // JetStream: a message with a reply subject to a subject of a stream.
    std::string store(std::string_view subject, std::string_view payload, const Acknowledgement& by)
        const override {
        return request(subject, by.inbox, payload);
    }

    std::size_t take_stored(std::string_view& received) const override {
        std::size_t count = 0;
        for (;;) {
            // "MSG _INBOX.a 1 30\r\n{...}\r\n"
            const std::size_t head = received.find("\r\n");
            if (head != received.npos && received.starts_with("PING")) {
                received.remove_prefix(head + 2);  // a long load is over before it is missed
                continue;
            }
            const std::size_t end = received.find("\r\n", head == received.npos ? head : head + 2);
            if (head == received.npos || end == received.npos) {
                return count;
            }
            const std::string_view reply = received.substr(head + 2, end - head - 2);
            if (!received.starts_with("MSG ") || reply.find("\"error\"") != reply.npos) {
                fail("refused: " + std::string(reply));
            }
            received.remove_prefix(end + 2);
            ++count;
        }
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        // MSG instead of PUB, with the subscription's number.
        return publish(subject, payload).size() + std::string_view("1 ").size();
    }
};

// redis: RESP

std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

class Redis final : public Protocol {
public:
    std::string greet(std::string_view) const override { return "*1\r\n" + bulk("PING"); }

    std::string subscribe(std::string_view subject) const override {
        return "*2\r\n" + bulk("SUBSCRIBE") + bulk(subject);
    }

    bool greeted(std::string_view received) const override { return done(received); }

    bool subscribed(std::string_view received) const override {
        return received.ends_with(":1\r\n");
    }

    std::string flush_request() const override { return "*1\r\n" + bulk("PING"); }

    bool done(std::string_view received) const override { return received.ends_with("+PONG\r\n"); }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return "*3\r\n" + bulk("PUBLISH") + bulk(subject) + bulk(payload);
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        return ("*3\r\n" + bulk("message") + bulk(subject) + bulk(payload)).size();
    }

    std::string store(
        std::string_view subject, std::string_view payload, const Acknowledgement& /*by*/
    ) const override {
        return "*5\r\n" + bulk("XADD") + bulk(subject) + bulk("*") + bulk("d") + bulk(payload);
    }

    std::size_t take_stored(std::string_view& received) const override {
        std::size_t count = 0;
        for (;;) {
            // "$15\r\n1700000000000-0\r\n"
            const std::size_t head = received.find("\r\n");
            const std::size_t end = received.find("\r\n", head == received.npos ? head : head + 2);
            if (head == received.npos || end == received.npos) {
                return count;
            }
            if (!received.starts_with("$")) {
                fail("refused: " + std::string(received.substr(0, head)));
            }
            received.remove_prefix(end + 2);
            ++count;
        }
    }

    bool replies_to_publish() const override { return true; }
};

// relay: the baseline. It copies bytes to all subscribers of a channel, the last character of the
// subject.

class Relay final : public Protocol {
public:
    std::string greet(std::string_view subject) const override {
        return std::string("p") + subject.back();
    }

    std::string subscribe(std::string_view subject) const override {
        return std::string("s") + subject.back();
    }

    bool greeted(std::string_view received) const override { return received == "!"; }

    bool subscribed(std::string_view received) const override { return received == "!"; }

    std::string publish(std::string_view, std::string_view payload) const override {
        return std::string(payload);
    }

    std::size_t delivery_bytes(std::string_view, std::string_view payload) const override {
        return payload.size();
    }
};

}  // namespace

std::unique_ptr<Protocol> make_nats() {
    return std::make_unique<Nats>();
}

std::unique_ptr<Protocol> make_redis() {
    return std::make_unique<Redis>();
}

std::unique_ptr<Protocol> make_relay() {
    return std::make_unique<Relay>();
}

}  // namespace telex::bench
