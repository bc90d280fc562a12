#pragma once
// Why a connection ended: the closed list behind the log line, the counters and the status.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::broker {

enum class CloseReason : std::uint8_t {
    client_closed,  // end of input, every reply sent
    client_reset,   // socket error
    bad_frame,      // framing violation
    frame_too_large,
    bad_message,         // the frame is not valid in the protocol
    wrong_protocol,      // HTTP, TLS, SSH, ... on this port
    tls_failed,          // handshake failed or timed out, or the certificate was rejected
    not_authenticated,   // the listener requires a user
    not_permitted,       // raw: the user may not use the listener's subjects
    protocol_violation,  // valid frames in the wrong order
    hello_timeout,
    idle_timeout,
    slow_consumer,
    write_timeout,  // the peer took no byte in time while closing
    too_many_connections,
    memory_budget,
    shutting_down,
    internal_error,
    request_failed,     // raw: a request got no reply, and the protocol cannot say so
    kicked,             // by an operator
    displaced,          // raw: idle for longest when the listener was full and a peer connected
    unwritable_answer,  // raw: the listener's framing cannot carry a reply
    proxy_header,       // no PROXY protocol header, a wrong one, or not from a proxy
    upgrade_refused,    // the request for a WebSocket was refused, or did not come
    finished,           // raw: after the last reply or message, as its sender or the listener says
};

inline constexpr std::size_t kCloseReasons = 25;

// Stable snake_case name.
std::string_view name_of(CloseReason reason);

}  // namespace telex::broker
