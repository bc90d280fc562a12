#pragma once
// Errors as values. libtelex does not throw for expected failures: a call that may fail returns
// Expected<T>, which contains either the value or an Error.
//
// Expected is tl::expected in every language mode, also where the standard library has
// std::expected: a program and the library must agree on its layout, whichever standard each was
// compiled with. A later version of the library with another soname changes to std::expected. Code
// that uses only their common members (value, error, value_or, and_then, transform, or_else,
// transform_error, the operators) then compiles unchanged.
#include <telex/export.hpp>

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace telex {

// Error codes. Numbers below 1000 are those of the exchange (enum ErrorCode of
// telex/v1/error.proto); this library reports some of them itself, before it sends anything, with
// the same meaning. Numbers from 1000 on come from this library only.
enum class Errc : std::uint16_t {
    unspecified = 0,

    // Protocol errors; the exchange closes the connection.
    bad_frame = 1,        // the bytes do not follow the framing of the listener
    frame_too_large = 2,  // a message with its headers exceeds ServerInfo::max_frame_bytes
                          // (returned by publish() and request(): the connection stays open)
    bad_message = 3,      // a frame is not a valid protobuf or JSON frame
    wrong_protocol = 4,
    hello_required = 5,
    hello_repeated = 6,
    version_unsupported = 7,
    unexpected_frame = 8,
    not_authenticated = 9,
    authentication_busy = 10,

    // Rejected frames; the connection stays open.
    bad_subject = 20,
    wildcard_in_publish = 21,
    bad_queue_group = 22,
    bad_subscription = 23,  // its number is zero, in use or unknown
    reserved_subject = 24,
    too_many_subscriptions = 25,
    too_many_requests = 26,
    too_many_headers = 27,
    bad_request = 28,  // its number is in use, or its time-out exceeds max_request_timeout
    not_allowed_here = 29,
    permission_denied = 30,
    payload_too_large = 31,  // over the limit of this client's user

    // Failed requests.
    no_responders = 40,
    timeout = 41,  // no reply, no confirmation or no message in time; the text says which
    responder_gone = 42,
    answer_too_large = 43,  // the reply exceeds the limit of this client's listener
    responder_failed = 44,

    // A durable publication that was not stored; see Client::publish_durable.
    no_stream = 45,       // no stream stores the subject
    not_storable = 46,    // against a setting of the stream; the text says which
    wrong_sequence = 47,  // an expected sequence is not the last one, which is Error::sequence
    stream_full = 48,     // a limit of the stream; may pass later
    storage_full = 49,    // the disk of the exchange is full; may pass later
    storage_failed = 50,  // the disk failed: it is not known whether the message is stored

    // A consumer; see Client::consume.
    no_consumer = 51,   // the stream or the consumer does not exist, or was removed
    bad_consumer = 52,  // settings that are impossible, or not those of the consumer that exists

    // Why the exchange ended the connection.
    slow_consumer = 60,
    idle_timeout = 61,
    hello_timeout = 62,
    too_many_connections = 63,
    over_memory_budget = 64,
    shutting_down = 65,
    internal = 66,
    kicked = 67,

    // Errors of this library.
    invalid_argument = 1000,       // an invalid option or argument; the text names it
    connect_failed = 1001,         // no server could be reached; the text lists each attempt
    disconnected = 1002,           // the connection was lost before the reply, or there is none
    closed = 1003,                 // the client was closed, or gave up reconnecting
    draining = 1004,               // the client is draining
    buffer_full = 1005,            // max_buffered_bytes are waiting to be sent
    subscription_ended = 1008,     // unsubscribed, drained, or max_messages reached
    would_deadlock = 1009,         // the call waits for callbacks but was made in one
    undecodable_payload = 1010,    // a received payload is not the expected protobuf message
    server_protocol_error = 1011,  // the server violated the protocol
    messages_dropped = 1012,  // a subscription's local queue is full (reported once per episode)
    untrusted_server = 1013,  // a default server was not used; the text says why
    errors_dropped = 1014,    // the queue of on_error is full (reported once per episode)
    cancelled = 1015,         // an operation of <telex/asio.hpp> was cancelled
    handler_failed = 1016,    // only telex for Python: a handler raised an exception

    // Names of libtelex 1.
    message_too_large [[deprecated("use frame_too_large")]] = frame_too_large,
    timed_out [[deprecated("use timeout")]] = timeout,
    bad_payload [[deprecated("use undecodable_payload")]] = undecodable_payload,
    bad_answer [[deprecated("use server_protocol_error")]] = server_protocol_error,
};

// Stable snake_case name, such as "no_responders".
[[nodiscard]] TELEX_EXPORT std::string_view name_of(Errc code);

struct Error {
    Errc code = Errc::unspecified;
    // For people; programs use the code.
    std::string text;
    // Of wrong_sequence: the last sequence of the stream or the subject.
    std::uint64_t sequence = 0;

    bool operator==(const Error&) const = default;
};

// "no_responders: no client is subscribed to billing.charge"
[[nodiscard]] TELEX_EXPORT std::string to_string(const Error& error);

template <class T>
using Expected = tl::expected<T, Error>;

}  // namespace telex
