#include "client/incoming.hpp"

#include "client/field_reader.hpp"

namespace telex::client {
namespace {

// Numbers of the Frame's oneof that an exchange sends.
IncomingKind kind_of(std::uint32_t field) {
    switch (field) {
        case 9:
            return IncomingKind::welcome;
        case 11:
            return IncomingKind::subscribed;
        case 13:
            return IncomingKind::unsubscribed;
        case 15:
            return IncomingKind::ping;
        case 16:
            return IncomingKind::pong;
        case 18:
            return IncomingKind::flushed;
        case 19:
            return IncomingKind::goodbye;
        case 20:
            return IncomingKind::error;
        case 21:
            return IncomingKind::challenge;
        default:
            return IncomingKind::nothing;
    }
}

void read_error(FieldReader& fields, Incoming& incoming) {
    while (fields.next()) {
        switch (fields.field()) {
            case 1:
                incoming.code = static_cast<Errc>(fields.number() < 1000 ? fields.number() : 0);
                break;
            case 2:
                incoming.text = fields.bytes();
                break;
            case 3:
                incoming.closing = fields.number() != 0;
                break;
            case 4:
                incoming.subscription = fields.number();
                break;
            default:
                break;
        }
    }
}

void read_challenge(FieldReader& fields, Incoming& incoming) {
    while (fields.next()) {
        if (fields.field() == 1) {
            incoming.nonce = fields.bytes();
        }
    }
}

void read_goodbye(FieldReader& fields, Incoming& incoming) {
    while (fields.next()) {
        if (fields.field() == 1) {
            incoming.reconnect = fields.number() != 0;
        } else if (fields.field() == 2) {
            incoming.text = fields.bytes();
        }
    }
}

// Subscribed, Unsubscribed, Ping, Pong, Flushed: numbers only.
void read_numbers(FieldReader& fields, Incoming& incoming) {
    const bool about_subscription =
        incoming.kind == IncomingKind::subscribed || incoming.kind == IncomingKind::unsubscribed;
    while (fields.next()) {
        if (fields.field() == 1) {
            (about_subscription ? incoming.subscription : incoming.number) = fields.number();
        } else if (fields.field() == 3) {
            incoming.dropped = fields.number();
        }
    }
}

// A field of the Frame that is not one of a message's: a control, or unknown.
bool read_control(const FieldReader& frame, Incoming& incoming) {
    const IncomingKind kind = kind_of(frame.field());
    if (kind == IncomingKind::nothing) {
        return true;
    }
    incoming.kind = kind;
    incoming.control = frame.bytes();
    FieldReader fields(frame.bytes());
    switch (incoming.kind) {
        case IncomingKind::error:
            read_error(fields, incoming);
            break;
        case IncomingKind::goodbye:
            read_goodbye(fields, incoming);
            break;
        case IncomingKind::challenge:
            read_challenge(fields, incoming);
            break;
        case IncomingKind::welcome:
        case IncomingKind::nothing:
            break;
        default:
            read_numbers(fields, incoming);
            break;
    }
    return fields.ok();
}

void read_limits(ByteView limits, ServerInfo& info) {
    FieldReader fields(limits);
    const auto small = [&] { return static_cast<std::uint32_t>(fields.number()); };
    while (fields.next()) {
        switch (fields.field()) {
            case 1:
                info.max_frame_bytes = fields.number();
                break;
            case 2:
                info.max_subject_bytes = small();
                break;
            case 3:
                info.max_subject_tokens = small();
                break;
            case 4:
                info.max_subscriptions = small();
                break;
            case 5:
                info.max_pending_requests = small();
                break;
            case 6:
                info.max_request_timeout = std::chrono::milliseconds(small());
                break;
            case 7:
                info.idle_timeout = std::chrono::milliseconds(small());
                break;
            case 8:
                info.max_headers = small();
                break;
            default:
                break;
        }
    }
}

}  // namespace

std::optional<Incoming> decode(ByteView frame) {
    Incoming incoming;
    bool has_message = false;
    FieldReader fields(frame);
    while (fields.next()) {
        switch (fields.field()) {
            case 1:
                incoming.subscription = fields.number();
                break;
            case 2:
                incoming.body = fields.bytes();
                has_message = true;
                break;
            case 3:
                incoming.request = fields.number();
                break;
            case 5:
                incoming.reply_to = fields.bytes();
                break;
            default:
                if (!read_control(fields, incoming)) {
                    return std::nullopt;
                }
        }
    }
    if (!fields.ok()) {
        return std::nullopt;
    }
    if (has_message) {
        incoming.kind = incoming.request != 0 ? IncomingKind::answer : IncomingKind::delivery;
    }
    return incoming;
}

std::optional<ServerInfo> decode_welcome(ByteView control) {
    ServerInfo info;
    FieldReader fields(control);
    while (fields.next()) {
        switch (fields.field()) {
            case 1:
                info.protocol_version = static_cast<std::uint32_t>(fields.number());
                break;
            case 2:
                info.name = fields.bytes();
                break;
            case 3:
                info.version = fields.bytes();
                break;
            case 4:
                info.session_id = fields.bytes();
                break;
            case 5:
                read_limits(fields.bytes(), info);
                break;
            default:
                break;
        }
    }
    return fields.ok() ? std::optional(std::move(info)) : std::nullopt;
}

namespace {

Header to_header(ByteView encoded) {
    Header header;
    FieldReader fields(encoded);
    while (fields.next()) {
        if (fields.field() == 1) {
            header.name = fields.bytes();
        } else if (fields.field() == 2) {
            header.value = fields.bytes();
        }
    }
    return header;
}

}  // namespace

Message to_message(ByteView body, std::string_view reply_to) {
    Message message;
    message.reply_to = reply_to;
    FieldReader fields(body);
    while (fields.next()) {
        switch (fields.field()) {
            case 1:
                message.subject = fields.bytes();
                break;
            case 2:
                message.payload = fields.bytes();
                break;
            case 3:
                message.reply = fields.bytes();
                break;
            case 4:
                message.headers.push_back(to_header(fields.bytes()));
                break;
            case 5:
                message.id = fields.bytes();
                break;
            case 6:
                message.content_type = fields.bytes();
                break;
            case 7:
                message.type = fields.bytes();
                break;
            default:
                break;
        }
    }
    return message;
}

}  // namespace telex::client
