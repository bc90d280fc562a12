#include "client/outgoing.hpp"

#include "wire/writer.hpp"

#include <algorithm>

namespace telex::client {
namespace {

namespace field = wire::frame_field;
using wire::append_number;
using wire::append_text;

// Appends one control of the Frame's oneof, with the length of the frame in front.
void append_control(std::string& out, std::uint32_t number, std::string_view control) {
    wire::append_varint(out, wire::length_field_size(number, control.size()));
    wire::append_bytes(out, number, control);
}

// Longer subjects are appended on their own.
constexpr std::size_t kShortSubject = 128;

// Returns whether a message has a subject, which is short, perhaps a payload, and nothing else.
bool is_plain(const OutMessage& message) {
    return !message.subject.empty() && message.subject.size() <= kShortSubject &&
           message.reply.empty() && message.headers.empty() && message.id.empty() &&
           message.content_type.empty() && message.type.empty() && message.stream_terms == nullptr;
}

// Appends all that precedes the payload at once: each append costs as much as a short field.
void append_plain(std::string& out, const SizedMessage& message) {
    const std::string_view subject = message.parts.subject;
    const ByteView payload = message.parts.payload;
    char head[4 * (1 + wire::kMaxVarintBytes) + kShortSubject];
    char* end = head + wire::write_varint(head, message.frame_bytes);
    end = wire::write_length_head(end, field::kMessage, message.body_bytes);
    end = wire::write_length_head(end, wire::message_field::kSubject, subject.size());
    end = std::copy(subject.begin(), subject.end(), end);
    if (!payload.empty()) {
        end = wire::write_length_head(end, wire::message_field::kPayload, payload.size());
    }
    out.append(head, static_cast<std::size_t>(end - head));
    out.append(payload);
}

void append_with_id(
    std::string& out,
    const SizedMessage& message,
    std::uint64_t request,
    std::uint32_t timeout_ms,
    bool durable
) {
    char head[wire::kMaxPublishHead];
    const std::size_t size =
        wire::write_publish_head(head, message.body_bytes, request, timeout_ms, durable);
    wire::append_varint(out, size + message.body_bytes);
    out.append(head, size);
    wire::append_parts(out, message.parts);
}

// A control with at most two number fields.
void append_numbers(
    std::string& out, std::uint32_t number, std::uint64_t first, std::uint64_t second = 0
) {
    std::string control;
    append_number(control, 1, first);
    append_number(control, 2, second);
    append_control(out, number, control);
}

}  // namespace

SizedMessage size_of(const OutMessage& message) {
    const std::size_t body = wire::size_of_parts(message);
    return {message, body, wire::length_field_size(field::kMessage, body)};
}

void append_publish(std::string& out, const SizedMessage& message) {
    if (is_plain(message.parts)) {
        append_plain(out, message);
        return;
    }
    wire::append_varint(out, message.frame_bytes);
    wire::append_length_head(out, field::kMessage, message.body_bytes);
    wire::append_parts(out, message.parts);
}

void append_request(
    std::string& out, const SizedMessage& message, std::uint64_t request, std::uint32_t timeout_ms
) {
    append_with_id(out, message, request, timeout_ms, false);
}

void append_durable(std::string& out, const SizedMessage& message, std::uint64_t request) {
    append_with_id(out, message, request, 0, true);
}

void append_hello(std::string& out, const HelloFrame& hello) {
    std::string control;
    append_number(control, 1, kProtocolVersion);
    append_text(control, 2, hello.client_name);
    append_number(control, 3, hello.no_echo ? 1 : 0);
    append_text(control, 4, hello.user);
    append_text(control, 5, hello.password);
    append_text(control, 6, hello.token);
    append_text(control, 7, hello.public_key);
    append_control(out, field::kHello, control);
}

void append_proof(std::string& out, std::string_view signature) {
    std::string control;
    append_text(control, 1, signature);
    append_control(out, field::kProof, control);
}

namespace {

void append_consume(std::string& out, const SubscribeFrame& subscribe) {
    const ConsumeTerms& terms = *subscribe.consume;
    std::string control;
    append_number(control, 1, subscribe.subscription);
    append_text(control, 2, terms.stream);
    append_text(control, 3, terms.consumer);
    append_number(control, 4, subscribe.credit);
    if (terms.creates) {
        wire::append_bytes(control, 5, terms.config);
    }
    append_control(out, field::kConsume, control);
}

}  // namespace

void append_acknowledge(std::string& out, const AcknowledgeFrame& acknowledge) {
    std::string control;
    append_number(control, 1, acknowledge.subscription);
    append_number(control, 2, acknowledge.first);
    append_number(control, 3, acknowledge.last == acknowledge.first ? 0 : acknowledge.last);
    append_number(control, 4, static_cast<std::uint64_t>(acknowledge.outcome));
    append_number(control, 5, acknowledge.delay_ms);
    append_control(out, field::kAcknowledge, control);
}

void append_subscribe(std::string& out, const SubscribeFrame& subscribe) {
    if (subscribe.consume != nullptr) {
        append_consume(out, subscribe);
        return;
    }
    std::string control;
    append_number(control, 1, subscribe.subscription);
    append_text(control, 2, subscribe.filter);
    append_text(control, 3, subscribe.queue_group);
    append_number(control, 4, static_cast<std::uint64_t>(subscribe.slow_policy));
    append_number(control, 5, subscribe.credit);
    append_number(control, 6, subscribe.max_messages);
    append_control(out, field::kSubscribe, control);
}

void append_unsubscribe(std::string& out, std::uint64_t subscription) {
    append_numbers(out, field::kUnsubscribe, subscription);
}

void append_credit(std::string& out, std::uint64_t subscription, std::uint64_t messages) {
    append_numbers(out, field::kCredit, subscription, messages);
}

void append_ping(std::string& out, std::uint64_t nonce) {
    append_numbers(out, field::kPing, nonce);
}

void append_pong(std::string& out, std::uint64_t nonce) {
    append_numbers(out, field::kPong, nonce);
}

void append_flush(std::string& out, std::uint64_t id) {
    append_numbers(out, field::kFlush, id);
}

void append_goodbye(std::string& out) {
    append_control(out, field::kGoodbye, {});
}

}  // namespace telex::client
