#include "protocol.hpp"

#include "telex/v1/telex.pb.h"

namespace telex::bench {

namespace {

// --- telex: a varint length and a Frame
// -----------------------------------------------------------

std::string framed(const v1::Frame& frame) {
    std::string body = frame.SerializeAsString();
    std::string bytes;
    std::size_t left = body.size();
    for (; left >= 0x80; left >>= 7U) {
        bytes += static_cast<char>((left & 0x7FU) | 0x80U);
    }
    bytes += static_cast<char>(left);
    return bytes + body;
}

v1::Frame message(std::string_view subject, std::string_view payload) {
    v1::Frame frame;
    frame.mutable_message()->set_subject(std::string(subject));
    frame.mutable_message()->set_payload(std::string(payload));
    return frame;
}

class Telex final : public Protocol {
public:
    std::string greet(std::string_view) const override {
        v1::Frame hello;
        hello.mutable_hello()->set_version(1);
        return framed(hello);
    }

    std::string subscribe(std::string_view subject) const override {
        v1::Frame frame;
        frame.mutable_subscribe()->set_subscription(1);
        frame.mutable_subscribe()->set_filter(std::string(subject));
        frame.mutable_subscribe()->set_slow_policy(v1::SLOW_POLICY_BLOCK);
        return greet(subject) + framed(frame);
    }

    bool greeted(std::string_view heard) const override { return !heard.empty(); }

    bool subscribed(std::string_view heard) const override {
        v1::Frame frame;
        frame.mutable_subscribed()->set_subscription(1);
        return heard.ends_with(framed(frame));
    }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return framed(message(subject, payload));
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        v1::Frame frame = message(subject, payload);
        frame.set_subscription(1);
        return framed(frame).size();
    }
};

// --- nats
// -----------------------------------------------------------------------------------------

class Nats final : public Protocol {
public:
    std::string greet(std::string_view) const override {
        return "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nPING\r\n";
    }

    std::string subscribe(std::string_view subject) const override {
        return "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB " + std::string(subject) +
               " 1\r\nPING\r\n";
    }

    bool greeted(std::string_view heard) const override { return heard.ends_with("PONG\r\n"); }

    bool subscribed(std::string_view heard) const override { return greeted(heard); }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return "PUB " + std::string(subject) + " " + std::to_string(payload.size()) + "\r\n" +
               std::string(payload) + "\r\n";
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        // PUB becomes MSG, the subscription's number comes in.
        return publish(subject, payload).size() + std::string_view("1 ").size();
    }
};

// --- redis: RESP
// ----------------------------------------------------------------------------------

std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

class Redis final : public Protocol {
public:
    std::string greet(std::string_view) const override { return "*1\r\n" + bulk("PING"); }

    std::string subscribe(std::string_view subject) const override {
        return "*2\r\n" + bulk("SUBSCRIBE") + bulk(subject);
    }

    bool greeted(std::string_view heard) const override { return heard.ends_with("+PONG\r\n"); }

    bool subscribed(std::string_view heard) const override { return heard.ends_with(":1\r\n"); }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return "*3\r\n" + bulk("PUBLISH") + bulk(subject) + bulk(payload);
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        return ("*3\r\n" + bulk("message") + bulk(subject) + bulk(payload)).size();
    }

    bool answers_publish() const override { return true; }
};

// --- relay: the floor. What comes in on a channel goes to all who listen to it, uncut
// ------------- A channel is the last character of the subject.

class Relay final : public Protocol {
public:
    std::string greet(std::string_view subject) const override {
        return std::string("p") + subject.back();
    }

    std::string subscribe(std::string_view subject) const override {
        return std::string("s") + subject.back();
    }

    bool greeted(std::string_view heard) const override { return heard == "!"; }

    bool subscribed(std::string_view heard) const override { return heard == "!"; }

    std::string publish(std::string_view, std::string_view payload) const override {
        return std::string(payload);
    }

    std::size_t delivery_bytes(std::string_view, std::string_view payload) const override {
        return payload.size();
    }
};

}  // namespace

std::unique_ptr<Protocol> make_protocol(std::string_view name) {
    if (name == "telex") {
        return std::make_unique<Telex>();
    }
    if (name == "nats") {
        return std::make_unique<Nats>();
    }
    if (name == "redis") {
        return std::make_unique<Redis>();
    }
    if (name == "relay") {
        return std::make_unique<Relay>();
    }
    return nullptr;
}

}  // namespace telex::bench
