#pragma once
// Why a connection ended: one closed list for the log line, the counters and the status.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::session {

enum class CloseReason : std::uint8_t {
    client_closed,  // end of input, everything answered
    client_reset,   // the socket failed under us
    bad_frame,      // the framing is broken
    frame_too_large,
    bad_message,        // a frame that is not the protocol's
    wrong_protocol,     // HTTP, TLS, SSH, ... on this port
    tls_failed,         // no agreement, a certificate that is not taken, or no end of the handshake
    not_authenticated,  // the listener takes users only, and the peer is none
    not_permitted,      // raw: the user may not use the listener's subjects
    protocol_violation,  // right frames in the wrong order
    hello_timeout,
    idle_timeout,
    slow_consumer,
    write_timeout,  // the peer took no byte for too long while closing
    too_many_connections,
    memory_budget,
    shutting_down,
    internal_error,
    request_failed,  // raw: a request without an answer, which its peer cannot be told otherwise
    kicked,          // by an operator
    displaced,  // raw: silent for longest when the listener was full and another connection came
    unwritable_answer,  // raw: the listener's framing cannot carry the answer to a frame
};

inline constexpr std::size_t kCloseReasons = 22;

// Stable snake_case name.
std::string_view name_of(CloseReason reason);

}  // namespace telex::session
