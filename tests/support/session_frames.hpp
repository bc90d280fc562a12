#pragma once
// Frames as a client writes and reads them, for tests of sessions.
#include "telex/v1/telex.pb.h"
#include "wire/json.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace telex::testing {

inline v1::Frame hello(std::uint32_t version = 1) {
    v1::Frame frame;
    frame.mutable_hello()->set_version(version);
    return frame;
}

inline v1::Frame publish(std::string_view subject, std::string_view payload = "payload") {
    v1::Frame frame;
    frame.mutable_message()->set_subject(std::string(subject));
    frame.mutable_message()->set_payload(std::string(payload));
    return frame;
}

inline v1::Frame request(
    std::uint64_t id, std::string_view subject = "svc.a", std::uint32_t timeout_ms = 0
) {
    v1::Frame frame = publish(subject);
    frame.set_request(id);
    frame.set_timeout_ms(timeout_ms);
    return frame;
}

inline v1::Frame durable(std::uint64_t id, std::string_view subject = "log.a") {
    v1::Frame frame = publish(subject);
    frame.set_request(id);
    frame.set_durable(true);
    return frame;
}

inline v1::Frame subscribe(std::uint64_t id, std::string_view filter = "a.>") {
    v1::Frame frame;
    frame.mutable_subscribe()->set_subscription(id);
    frame.mutable_subscribe()->set_filter(std::string(filter));
    return frame;
}

inline v1::Frame unsubscribe(std::uint64_t id) {
    v1::Frame frame;
    frame.mutable_unsubscribe()->set_subscription(id);
    return frame;
}

inline v1::Frame credit(std::uint64_t id, std::uint64_t messages) {
    v1::Frame frame;
    frame.mutable_credit()->set_subscription(id);
    frame.mutable_credit()->set_messages(messages);
    return frame;
}

inline v1::Frame consume(std::uint64_t id, std::string_view consumer = "workers") {
    v1::Frame frame;
    v1::Consume& consume = *frame.mutable_consume();
    consume.set_subscription(id);
    consume.set_stream("LOG");
    consume.set_consumer(std::string(consumer));
    consume.set_credit(100);
    return frame;
}

inline v1::Frame acknowledge(
    std::uint64_t id,
    std::uint64_t sequence,
    v1::Acknowledge::Outcome outcome = v1::Acknowledge::ACK
) {
    v1::Frame frame;
    v1::Acknowledge& acknowledge = *frame.mutable_acknowledge();
    acknowledge.set_subscription(id);
    acknowledge.set_sequence(sequence);
    acknowledge.set_outcome(outcome);
    return frame;
}

inline v1::Frame flush(std::uint64_t id) {
    v1::Frame frame;
    frame.mutable_flush()->set_id(id);
    return frame;
}

inline v1::Frame ping(std::uint64_t nonce) {
    v1::Frame frame;
    frame.mutable_ping()->set_nonce(nonce);
    return frame;
}

inline v1::Frame pong(std::uint64_t nonce) {
    v1::Frame frame;
    frame.mutable_pong()->set_nonce(nonce);
    return frame;
}

inline v1::Frame goodbye() {
    v1::Frame frame;
    frame.mutable_goodbye();
    return frame;
}

inline v1::Frame parse_binary(std::string_view bytes) {
    v1::Frame frame;
    if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        throw std::runtime_error("not a Frame");
    }
    return frame;
}

inline v1::Frame parse_json(std::string_view line) {
    v1::Frame frame;
    if (const auto read = wire::json_to_frame(line, frame); !read) {
        throw std::runtime_error(read.error());
    }
    return frame;
}

// One word for what a frame says, with its number: "welcome", "pong 7", "error BAD_SUBJECT",
// "closing HELLO_REQUIRED", "answer 3 text", "failed 3 TIMEOUT", "stored 3 LOG 41".
inline std::string summary_of(const v1::Frame& frame) {
    const auto with = [](const char* word, std::uint64_t number) {
        return std::string(word) + " " + std::to_string(number);
    };
    switch (frame.control_case()) {
        case v1::Frame::kWelcome:
            return with("welcome", frame.welcome().version());
        case v1::Frame::kSubscribed:
            return with("subscribed", frame.subscribed().subscription());
        case v1::Frame::kUnsubscribed:
            return with("unsubscribed", frame.unsubscribed().subscription());
        case v1::Frame::kPing:
            return with("ping", frame.ping().nonce());
        case v1::Frame::kPong:
            return with("pong", frame.pong().nonce());
        case v1::Frame::kFlushed:
            return with("flushed", frame.flushed().id());
        case v1::Frame::kGoodbye:
            return frame.goodbye().reconnect() ? "goodbye reconnect" : "goodbye";
        case v1::Frame::kStored:
            return with(frame.stored().duplicate() ? "duplicate" : "stored", frame.request()) +
                   " " + with(frame.stored().stream().c_str(), frame.stored().sequence());
        case v1::Frame::kError: {
            const std::string code = v1::ErrorCode_Name(frame.error().code());
            if (frame.request() != 0) {
                return with("failed", frame.request()) + " " + code;
            }
            return (frame.error().closing() ? "closing " : "error ") + code;
        }
        default:
            return frame.request() != 0
                       ? with("answer", frame.request()) + " " + frame.message().payload()
                       : with("delivery", frame.subscription()) + " " + frame.message().payload();
    }
}

}  // namespace telex::testing
