#include "client/incoming.hpp"

#include "wire/field_numbers.hpp"
#include "wire/field_reader.hpp"
#include "wire/plain_publication.hpp"

#include <cstddef>
#include <utility>

namespace telex::client {
namespace {

using wire::FieldReader;
namespace frame_field = wire::frame_field;

// The controls that an exchange sends.
IncomingKind kind_of(std::uint32_t field) {
    switch (field) {
        case frame_field::kWelcome:
            return IncomingKind::welcome;
        case frame_field::kSubscribed:
            return IncomingKind::subscribed;
        case frame_field::kUnsubscribed:
            return IncomingKind::unsubscribed;
        case frame_field::kPing:
            return IncomingKind::ping;
        case frame_field::kPong:
            return IncomingKind::pong;
        case frame_field::kFlushed:
            return IncomingKind::flushed;
        case frame_field::kGoodbye:
            return IncomingKind::goodbye;
        case frame_field::kError:
            return IncomingKind::error;
        case frame_field::kChallenge:
            return IncomingKind::challenge;
        case frame_field::kStored:
            return IncomingKind::stored;
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
            case 7:
                incoming.number = fields.number();
                break;
            default:
                break;
        }
    }
}

void read_stored(FieldReader& fields, Incoming& incoming) {
    while (fields.next()) {
        if (fields.field() == 1) {
            incoming.text = fields.bytes();
        } else if (fields.field() == 2) {
            incoming.number = fields.number();
        } else if (fields.field() == 3) {
            incoming.duplicate = fields.number() != 0;
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

void read_position(ByteView encoded, wire::Position& position) {
    FieldReader fields(encoded);
    while (fields.next()) {
        switch (fields.field()) {
            case wire::position_field::kSequence:
                position.sequence = fields.number();
                break;
            case wire::position_field::kUnixNanoseconds:
                position.unix_nanoseconds = static_cast<std::int64_t>(fields.number());
                break;
            case wire::position_field::kAttempt:
                position.attempt = static_cast<std::uint32_t>(fields.number());
                break;
            case wire::position_field::kRedelivered:
                position.redelivered = fields.number() != 0;
                break;
            default:
                break;
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

// Reads a field of the Frame outside a message: a control, or unknown.
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
        case IncomingKind::stored:
            read_stored(fields, incoming);
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
            case 9:
                info.max_durable_publications = small();
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
            case frame_field::kSubscription:
                incoming.subscription = fields.number();
                break;
            case frame_field::kMessage:
                incoming.body = fields.bytes();
                has_message = true;
                break;
            case frame_field::kRequest:
                incoming.request = fields.number();
                break;
            case frame_field::kReplyTo:
                incoming.reply_to = fields.bytes();
                break;
            case frame_field::kPosition:
                read_position(fields.bytes(), incoming.position.emplace());
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
        incoming.kind = incoming.request != 0 ? IncomingKind::reply : IncomingKind::delivery;
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
        if (fields.field() == wire::header_field::kName) {
            header.name = fields.bytes();
        } else if (fields.field() == wire::header_field::kValue) {
            header.value = fields.bytes();
        }
    }
    return header;
}

// Decodes all but the payload, of which it returns the view.
ByteView read_message(ByteView body, std::string_view reply_to, Message& message) {
    ByteView payload;
    message.reply_to = reply_to;
    FieldReader fields(body);
    while (fields.next()) {
        switch (fields.field()) {
            case wire::message_field::kSubject:
                message.subject = fields.bytes();
                break;
            case wire::message_field::kPayload:
                payload = fields.bytes();
                break;
            case wire::message_field::kReply:
                if (reply_to.empty()) {  // the exchange repeats it only up to 1,024 bytes
                    message.reply_to = fields.bytes();
                }
                break;
            case wire::message_field::kHeaders:
                message.headers.push_back(to_header(fields.bytes()));
                break;
            case wire::message_field::kId:
                message.id = fields.bytes();
                break;
            case wire::message_field::kContentType:
                message.content_type = fields.bytes();
                break;
            case wire::message_field::kType:
                message.type = fields.bytes();
                break;
            default:
                break;
        }
    }
    return payload;
}

}  // namespace

Message to_message(ByteView body, std::string_view reply_to) {
    if (wire::MessageView plain; wire::read_plain_message(body, plain)) {
        return {
            .subject = std::string(plain.subject),
            .payload = std::string(plain.payload),
            .reply_to = std::string(reply_to)
        };
    }
    Message message;
    message.payload = read_message(body, reply_to, message);
    return message;
}

Message take_message(std::string body, std::string_view reply_to) {
    Message message;
    const ByteView payload = read_message(body, reply_to, message);
    if (!payload.empty()) {
        const auto begin = static_cast<std::size_t>(payload.data() - body.data());
        body.resize(begin + payload.size());
        body.erase(0, begin);
        message.payload = std::move(body);
    }
    return message;
}

}  // namespace telex::client
