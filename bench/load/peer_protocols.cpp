#include "protocols.hpp"

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
