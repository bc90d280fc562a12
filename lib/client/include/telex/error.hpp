#pragma once
// Errors as values. Nothing in libtelex throws for what can be expected to happen: a call that may
// fail returns Expected<T>, which holds either the value or an Error.
#include <telex/export.hpp>

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace telex {

// What went wrong. Numbers below 1000 are the exchange's own (enum ErrorCode of
// telex/v1/error.proto, same numbers); numbers from 1000 on arise in this library.
enum class Errc : std::uint16_t {
    unspecified = 0,

    // Bytes that are not the protocol; the exchange closes the connection.
    bad_frame = 1,
    frame_too_large = 2,
    bad_message = 3,
    wrong_protocol = 4,
    hello_required = 5,
    hello_repeated = 6,
    version_unsupported = 7,
    unexpected_frame = 8,
    not_authenticated = 9,
    authentication_busy = 10,

    // Refusals; the connection stays. bad_subject, wildcard_in_publish and bad_queue_group are also
    // found by this library before anything is sent.
    bad_subject = 20,
    wildcard_in_publish = 21,
    bad_queue_group = 22,
    bad_subscription = 23,
    reserved_subject = 24,
    too_many_subscriptions = 25,
    too_many_requests = 26,
    too_many_headers = 27,
    bad_request = 28,
    not_allowed_here = 29,
    permission_denied = 30,
    payload_too_large = 31,

    // The answer to a request.
    no_responders = 40,
    timeout = 41,  // of a request
    responder_gone = 42,
    answer_too_large = 43,  // for the listener that this client is connected to
    responder_failed = 44,

    // Why the exchange ended the connection.
    slow_consumer = 60,
    idle_timeout = 61,
    hello_timeout = 62,
    too_many_connections = 63,
    over_memory_budget = 64,
    shutting_down = 65,
    internal = 66,
    kicked = 67,

    // Found by this library.
    invalid_argument = 1000,   // an option or argument that cannot be meant; the text names it
    connect_failed = 1001,     // no server could be reached; the text lists each attempt
    disconnected = 1002,       // the connection ended before the answer came, or there is none
    closed = 1003,             // the client was closed, or gave up reconnecting
    draining = 1004,           // the client drains and accepts nothing new
    buffer_full = 1005,        // max_buffered_bytes wait to be sent already
    message_too_large = 1006,  // over the largest frame that the exchange announced
    timed_out = 1007,          // a wait of this library ended without the event
    subscription_ended =
        1008,                 // nothing more comes: unsubscribed, drained, or max_messages reached
    would_deadlock = 1009,    // the call waits for callbacks and was made from one
    bad_payload = 1010,       // a payload is not the protobuf message that was asked for
    bad_answer = 1011,        // the server sent what is not the protocol
    messages_dropped = 1012,  // a subscription's local queue is full (reported once per episode)
    untrusted_server = 1013,  // a default server was not used; the text says why
};

// Stable snake_case name, such as "no_responders".
TELEX_EXPORT std::string_view name_of(Errc code);

struct Error {
    Errc code = Errc::unspecified;
    // For people; programs look at the code.
    std::string text;

    bool operator==(const Error&) const = default;
};

// "no_responders: nobody listens on billing.charge"
TELEX_EXPORT std::string to_string(const Error& error);

template <class T>
using Expected = tl::expected<T, Error>;

}  // namespace telex
