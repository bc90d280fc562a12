#pragma once
// Encodes the frames that a client sends (telex/v1/telex.proto), with their length in front.
// libtelex contains no generated protobuf code: a program may compile the same .proto files into
// itself without a clash in protobuf's registry.
//
// Invariant for PublishBuffer: a publish begins with the tag of Frame.message, no other frame does.
#include "client/consume_terms.hpp"
#include "wire/message_parts.hpp"
#include <telex/message.hpp>
#include <telex/options.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::client {

// A message to publish, as views.
using OutMessage = wire::BasicMessageParts<Header>;

// A message with its sizes, computed once, outside of any lock. Refers to the parts.
struct SizedMessage {
    const OutMessage& parts;
    std::size_t body_bytes = 0;   // the encoded Message
    std::size_t frame_bytes = 0;  // the Frame of a publish, without its length
};

inline constexpr char kMessageTag =
    static_cast<char>(wire::tag_of(wire::frame_field::kMessage, wire::WireType::length));

// Maximum size of length, request id, time-out and `durable`, in addition to
// SizedMessage::frame_bytes.
inline constexpr std::size_t kFrameOverhead = 32;

SizedMessage size_of(const OutMessage& message);
SizedMessage size_of(OutMessage&& message) = delete;

void append_publish(std::string& out, const SizedMessage& message);
void append_request(
    std::string& out, const SizedMessage& message, std::uint64_t request, std::uint32_t timeout_ms
);

void append_durable(std::string& out, const SizedMessage& message, std::uint64_t request);

struct SubscribeFrame {
    std::uint64_t subscription = 0;
    std::string_view filter;
    std::string_view queue_group;
    SlowPolicy slow_policy = SlowPolicy::listener_default;
    std::uint64_t credit = 0;        // 0: none
    std::uint64_t max_messages = 0;  // 0: none
    // Not null: a Consume with the subscription and the credit.
    const ConsumeTerms* consume = nullptr;
};

// As telex.v1.Acknowledge.Outcome.
enum class RecordOutcome : std::uint8_t { ack = 0, nak = 1, progress = 2, term = 3 };

struct AcknowledgeFrame {
    std::uint64_t subscription = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    RecordOutcome outcome = RecordOutcome::ack;
    std::uint64_t delay_ms = 0;
};

inline constexpr std::uint32_t kProtocolVersion = 1;

struct HelloFrame {
    std::string_view client_name;
    bool no_echo = false;
    std::string_view user;
    std::string_view password;
    std::string_view token;
    std::string_view public_key;
};

void append_hello(std::string& out, const HelloFrame& hello);
void append_proof(std::string& out, std::string_view signature);
void append_subscribe(std::string& out, const SubscribeFrame& subscribe);
void append_unsubscribe(std::string& out, std::uint64_t subscription);
void append_credit(std::string& out, std::uint64_t subscription, std::uint64_t messages);
void append_acknowledge(std::string& out, const AcknowledgeFrame& acknowledge);
void append_ping(std::string& out, std::uint64_t nonce);
void append_pong(std::string& out, std::uint64_t nonce);
void append_flush(std::string& out, std::uint64_t id);
void append_goodbye(std::string& out);

}  // namespace telex::client
