#include "wire/errors.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

#include <array>

namespace telex::wire {
namespace {

struct Row {
    v1::ErrorCode code;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array kRows = {
    Row{v1::BAD_FRAME, "BAD_FRAME", "the framing is broken"},
    Row{v1::FRAME_TOO_LARGE, "FRAME_TOO_LARGE", "the frame is over the limit"},
    Row{v1::BAD_MESSAGE, "BAD_MESSAGE", "the frame is not a valid Frame"},
    Row{v1::WRONG_PROTOCOL, "WRONG_PROTOCOL", "the peer uses another protocol"},
    Row{v1::HELLO_REQUIRED, "HELLO_REQUIRED", "the first frame must be Hello"},
    Row{v1::HELLO_REPEATED, "HELLO_REPEATED", "Hello was already sent"},
    Row{v1::VERSION_UNSUPPORTED, "VERSION_UNSUPPORTED", "no common protocol version"},
    Row{v1::UNEXPECTED_FRAME, "UNEXPECTED_FRAME", "a frame that clients must not send"},
    Row{v1::NOT_AUTHENTICATED,
        "NOT_AUTHENTICATED",
        "the client does not match a user of the exchange"},
    Row{v1::AUTHENTICATION_BUSY, "AUTHENTICATION_BUSY", "too many attempts; try again later"},
    Row{v1::BAD_SUBJECT, "BAD_SUBJECT", "the subject is not valid"},
    Row{v1::WILDCARD_IN_PUBLISH, "WILDCARD_IN_PUBLISH", "a message's subject has a wildcard"},
    Row{v1::BAD_QUEUE_GROUP, "BAD_QUEUE_GROUP", "the queue group's name is not valid"},
    Row{v1::BAD_SUBSCRIPTION, "BAD_SUBSCRIPTION", "the subscription's id is zero, in use or unknown"
    },
    Row{v1::RESERVED_SUBJECT, "RESERVED_SUBJECT", "the subject is reserved for the exchange"},
    Row{v1::TOO_MANY_SUBSCRIPTIONS, "TOO_MANY_SUBSCRIPTIONS", "too many subscriptions"},
    Row{v1::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", "too many pending requests"},
    Row{v1::TOO_MANY_HEADERS, "TOO_MANY_HEADERS", "too many headers, or too many bytes of them"},
    Row{v1::BAD_REQUEST,
        "BAD_REQUEST",
        "the request's id is in use, its time-out too long, or its payload not that of the command"
    },
    Row{v1::NOT_ALLOWED_HERE, "NOT_ALLOWED_HERE", "not possible on this transport"},
    Row{v1::PERMISSION_DENIED, "PERMISSION_DENIED", "the user may not use the subject"},
    Row{v1::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "the payload is over the user's limit"},
    Row{v1::NO_RESPONDERS, "NO_RESPONDERS", "no client is subscribed to the request's subject"},
    Row{v1::TIMEOUT, "TIMEOUT", "no reply in time"},
    Row{v1::RESPONDER_GONE, "RESPONDER_GONE", "the responder disconnected before it replied"},
    Row{v1::ANSWER_TOO_LARGE, "ANSWER_TOO_LARGE", "the reply is too large for this connection"},
    Row{v1::RESPONDER_FAILED, "RESPONDER_FAILED", "the responder failed"},
    Row{v1::NO_STREAM, "NO_STREAM", "no stream stores the subject"},
    Row{v1::NOT_STORABLE, "NOT_STORABLE", "a setting of the stream forbids to store the message"},
    Row{v1::WRONG_SEQUENCE, "WRONG_SEQUENCE", "the expected sequence is not the last one"},
    Row{v1::STREAM_FULL, "STREAM_FULL", "a limit of the stream is reached"},
    Row{v1::STORAGE_FULL, "STORAGE_FULL", "the disk of the exchange is full"},
    Row{v1::STORAGE_FAILED,
        "STORAGE_FAILED",
        "the disk of the exchange failed: it is not known whether the message is stored"},
    Row{v1::NO_CONSUMER, "NO_CONSUMER", "there is no such stream or consumer"},
    Row{v1::BAD_CONSUMER,
        "BAD_CONSUMER",
        "the settings are impossible, or not those of the consumer that exists"},
    Row{v1::SLOW_CONSUMER, "SLOW_CONSUMER", "the client reads too slowly"},
    Row{v1::IDLE_TIMEOUT, "IDLE_TIMEOUT", "the client was silent for too long"},
    Row{v1::HELLO_TIMEOUT, "HELLO_TIMEOUT", "no Hello in time"},
    Row{v1::TOO_MANY_CONNECTIONS, "TOO_MANY_CONNECTIONS", "too many connections"},
    Row{v1::OVER_MEMORY_BUDGET, "OVER_MEMORY_BUDGET", "the exchange is short of memory"},
    Row{v1::SHUTTING_DOWN, "SHUTTING_DOWN", "the exchange is shutting down"},
    Row{v1::INTERNAL, "INTERNAL", "the exchange failed"},
    Row{v1::KICKED, "KICKED", "an operator closed the connection"},
};

const Row* find(v1::ErrorCode code) {
    for (const Row& row : kRows) {
        if (row.code == code) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view name_of(v1::ErrorCode code) {
    const Row* const row = find(code);
    return row == nullptr ? "UNKNOWN_ERROR" : row->name;
}

std::string_view meaning_of(v1::ErrorCode code) {
    const Row* const row = find(code);
    return row == nullptr ? "an error code of a later version" : row->meaning;
}

bool closes(v1::ErrorCode code) {
    const int number = code;
    return (number >= 1 && number <= 19) || (number >= 60 && number <= 79);
}

std::string describe(const v1::Error& error) {
    std::string line = fmt::format(
        "{}: {}",
        name_of(error.code()),
        error.text().empty() ? std::string(meaning_of(error.code()))
                             : printable(error.text(), {.max_bytes = kMaxErrorText})
    );
    if (error.subscription() != 0) {
        line += fmt::format(" (subscription {})", error.subscription());
    }
    if (error.limit() != 0) {
        line += fmt::format(" ({} bytes waiting, limit {})", error.pending_bytes(), error.limit());
    }
    return line;
}

v1::Frame make_error(
    v1::ErrorCode code, std::string_view text, bool closing, std::uint64_t subscription
) {
    v1::Frame frame;
    v1::Error& error = *frame.mutable_error();
    error.set_code(code);
    error.set_text(printable(text, {.max_bytes = kMaxErrorText}));
    error.set_closing(closing);
    error.set_subscription(subscription);
    return frame;
}

}  // namespace telex::wire
