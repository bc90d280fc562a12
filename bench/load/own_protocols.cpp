#include "protocols.hpp"
#include "socket.hpp"
#include "telex/v1/telex.pb.h"

#include <optional>
#include <string>

namespace telex::bench {

namespace {

// --- telex: a varint length and a Frame ---------------------------------------------------------

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

// Removes a frame from the front, without its length. Returns none if it is not complete.
std::optional<std::string_view> take_frame(std::string_view& received) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < received.size() && i < 5; ++i) {
        const auto byte = static_cast<unsigned char>(received[i]);
        length |= std::size_t{byte & 0x7FU} << (7 * i);
        if (byte >= 0x80) {
            continue;
        }
        if (received.size() - i - 1 < length) {
            return std::nullopt;
        }
        const std::string_view frame = received.substr(i + 1, length);
        received.remove_prefix(i + 1 + length);
        return frame;
    }
    return std::nullopt;
}

// Cheaper than a parse: the peers' replies are not parsed, either.
bool is_stored(std::string_view frame) {
    constexpr std::string_view kTagOfStored = "\xBA\x01";
    return frame.find(kTagOfStored) != frame.npos;
}

class Telex final : public Protocol {
public:
    std::string greet(std::string_view) const override {
        v1::Frame hello;
        hello.mutable_hello()->set_version(1);
        return framed(hello);
    }

    std::string subscribe(std::string_view subject) const override {
        return greet(subject) + subscribe_too(1, subject);
    }

    std::string subscribe_too(std::size_t number, std::string_view filter) const override {
        v1::Frame frame;
        frame.mutable_subscribe()->set_subscription(number);
        frame.mutable_subscribe()->set_filter(std::string(filter));
        frame.mutable_subscribe()->set_slow_policy(v1::SLOW_POLICY_BLOCK);
        return framed(frame);
    }

    bool greeted(std::string_view received) const override { return !received.empty(); }

    bool subscribed(std::string_view received) const override {
        return subscribed_too(received, 1);
    }

    bool subscribed_too(std::string_view received, std::size_t number) const override {
        v1::Frame frame;
        frame.mutable_subscribed()->set_subscription(number);
        return received.ends_with(framed(frame));
    }

    std::string flush_request() const override {
        v1::Frame frame;
        frame.mutable_ping();
        return framed(frame);
    }

    bool done(std::string_view received) const override {
        v1::Frame frame;
        frame.mutable_pong();
        return received.ends_with(framed(frame));
    }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return framed(message(subject, payload));
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        v1::Frame frame = message(subject, payload);
        frame.set_subscription(1);
        return framed(frame).size();
    }

    std::string store(std::string_view subject, std::string_view payload, const Acknowledgement& by)
        const override {
        v1::Frame frame = message(subject, payload);
        frame.set_request(by.number);
        frame.set_durable(true);
        return framed(frame);
    }

    std::size_t take_stored(std::string_view& received) const override {
        std::size_t count = 0;
        while (const auto frame = take_frame(received)) {
            if (!is_stored(*frame)) {
                v1::Frame other;
                (void)other.ParseFromString(std::string(*frame));
                fail("refused: " + other.ShortDebugString());
            }
            ++count;
        }
        return count;
    }
};

// --- json: a Frame in protobuf's JSON mapping on a line -----------------------------------------

class Json final : public Protocol {
public:
    std::string greet(std::string_view) const override { return "{\"hello\":{\"version\":1}}\n"; }

    std::string subscribe(std::string_view subject) const override {
        return greet(subject) + subscribe_too(1, subject);
    }

    std::string subscribe_too(std::size_t number, std::string_view filter) const override {
        return "{\"subscribe\":{\"subscription\":" + std::to_string(number) + ",\"filter\":\"" +
               std::string(filter) + "\",\"slowPolicy\":\"SLOW_POLICY_BLOCK\"}}\n";
    }

    bool greeted(std::string_view received) const override { return received.ends_with('\n'); }

    bool subscribed(std::string_view received) const override {
        return subscribed_too(received, 1);
    }

    bool subscribed_too(std::string_view received, std::size_t number) const override {
        return received.ends_with(
            "{\"subscribed\":{\"subscription\":\"" + std::to_string(number) + "\"}}\n"
        );
    }

    std::string flush_request() const override { return "{\"ping\":{}}\n"; }

    bool done(std::string_view received) const override {
        return received.ends_with("{\"pong\":{}}\n");
    }

    std::string publish(std::string_view subject, std::string_view payload) const override {
        return "{" + message(subject, payload) + "}\n";
    }

    std::size_t delivery_bytes(std::string_view subject, std::string_view payload) const override {
        return ("{\"subscription\":\"1\"," + message(subject, payload) + "}\n").size();
    }

private:
    static std::string message(std::string_view subject, std::string_view payload) {
        return "\"message\":{\"subject\":\"" + std::string(subject) + "\",\"text\":\"" +
               std::string(payload) + "\"}";
    }
};

}  // namespace

std::unique_ptr<Protocol> make_telex() {
    return std::make_unique<Telex>();
}

std::unique_ptr<Protocol> make_json() {
    return std::make_unique<Json>();
}

}  // namespace telex::bench
