#include "client/outgoing.hpp"

#include "wire/varint.hpp"

namespace telex::client {
namespace {

// Tags of one byte: (field << 3) | wire type.
constexpr char varint_tag(unsigned field) {
    return static_cast<char>(field << 3U);
}

constexpr char bytes_tag(unsigned field) {
    return static_cast<char>((field << 3U) | 2U);
}

static_assert(bytes_tag(2) == kMessageTag);

void put_varint(std::string& out, std::uint64_t value) {
    char bytes[10];
    out.append(bytes, wire::write_varint(bytes, value));
}

// Proto3 leaves out what has its default value.
void put_number(std::string& out, unsigned field, std::uint64_t value) {
    if (value != 0) {
        out.push_back(varint_tag(field));
        put_varint(out, value);
    }
}

void put_text(std::string& out, unsigned field, std::string_view text) {
    if (!text.empty()) {
        out.push_back(bytes_tag(field));
        put_varint(out, text.size());
        out.append(text);
    }
}

std::size_t text_size(std::string_view text) {
    return text.empty() ? 0 : 1 + wire::varint_size(text.size()) + text.size();
}

std::size_t header_size(const Header& header) {
    return text_size(header.name) + text_size(header.value);
}

void put_body(std::string& out, const OutMessage& message) {
    put_text(out, 1, message.subject);
    put_text(out, 2, message.payload);
    put_text(out, 3, message.reply);
    if (message.headers != nullptr) {
        for (const Header& header : *message.headers) {
            out.push_back(bytes_tag(4));
            put_varint(out, header_size(header));
            put_text(out, 1, header.name);
            put_text(out, 2, header.value);
        }
    }
    put_text(out, 5, message.id);
    put_text(out, 6, message.content_type);
    put_text(out, 7, message.type);
}

// The tag of a control: two bytes from field 16 on.
void put_control_tag(std::string& out, unsigned field) {
    put_varint(out, (field << 3U) | 2U);
}

// One control of the Frame's oneof, with the length of the frame in front.
void put_control(std::string& out, unsigned field, std::string_view control) {
    const std::size_t tag_bytes = field < 16 ? 1 : 2;
    put_varint(out, tag_bytes + wire::varint_size(control.size()) + control.size());
    put_control_tag(out, field);
    put_varint(out, control.size());
    out.append(control);
}

void put_numbers(std::string& out, unsigned field, std::uint64_t first, std::uint64_t second = 0) {
    std::string control;
    put_number(control, 1, first);
    put_number(control, 2, second);
    put_control(out, field, control);
}

}  // namespace

SizedMessage size_of(const OutMessage& message) {
    SizedMessage sized{message, 0, 0};
    sized.body_bytes = text_size(message.subject) + text_size(message.payload) +
                       text_size(message.reply) + text_size(message.id) +
                       text_size(message.content_type) + text_size(message.type);
    if (message.headers != nullptr) {
        for (const Header& header : *message.headers) {
            const std::size_t size = header_size(header);
            sized.body_bytes += 1 + wire::varint_size(size) + size;
        }
    }
    sized.frame_bytes = 1 + wire::varint_size(sized.body_bytes) + sized.body_bytes;
    return sized;
}

void append_publish(std::string& out, const SizedMessage& message) {
    char head[24];
    std::size_t size = wire::write_varint(head, message.frame_bytes);
    head[size++] = kMessageTag;
    size += wire::write_varint(head + size, message.body_bytes);
    out.append(head, size);
    put_body(out, message.parts);
}

void append_request(
    std::string& out, const SizedMessage& message, std::uint64_t request, std::uint32_t timeout_ms
) {
    std::string head;
    put_number(head, 3, request);
    put_number(head, 4, timeout_ms);
    head.push_back(kMessageTag);
    put_varint(head, message.body_bytes);
    put_varint(out, head.size() + message.body_bytes);
    out.append(head);
    put_body(out, message.parts);
}

void append_hello(std::string& out, const HelloFrame& hello) {
    std::string control;
    put_number(control, 1, kProtocolVersion);
    put_text(control, 2, hello.client_name);
    put_number(control, 3, hello.no_echo ? 1 : 0);
    put_text(control, 4, hello.user);
    put_text(control, 5, hello.password);
    put_text(control, 6, hello.token);
    put_text(control, 7, hello.public_key);
    put_control(out, 8, control);
}

void append_proof(std::string& out, std::string_view signature) {
    std::string control;
    put_text(control, 1, signature);
    put_control(out, 22, control);
}

void append_subscribe(std::string& out, const SubscribeFrame& subscribe) {
    std::string control;
    put_number(control, 1, subscribe.subscription);
    put_text(control, 2, subscribe.filter);
    put_text(control, 3, subscribe.queue_group);
    put_number(control, 4, static_cast<std::uint64_t>(subscribe.slow_policy));
    put_number(control, 5, subscribe.credit);
    put_number(control, 6, subscribe.max_messages);
    put_control(out, 10, control);
}

void append_unsubscribe(std::string& out, std::uint64_t subscription) {
    put_numbers(out, 12, subscription);
}

void append_credit(std::string& out, std::uint64_t subscription, std::uint64_t messages) {
    put_numbers(out, 14, subscription, messages);
}

void append_ping(std::string& out, std::uint64_t nonce) {
    put_numbers(out, 15, nonce);
}

void append_pong(std::string& out, std::uint64_t nonce) {
    put_numbers(out, 16, nonce);
}

void append_flush(std::string& out, std::uint64_t id) {
    put_numbers(out, 17, id);
}

void append_goodbye(std::string& out) {
    put_control(out, 19, {});
}

}  // namespace telex::client
