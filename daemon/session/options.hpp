#pragma once
// A listener's configuration for its sessions. Plain data, shared by all sessions of the listener
// and constant during their life.
#include "session/protocol_options.hpp"
#include "wire/subject.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace telex::session {

struct SessionOptions {
    std::string server_name = "telex";
    std::string server_version;
    // For built-in responders only: bytes over datagram sockets are bounded (see Transport).
    bool datagram = false;
    std::size_t max_frame_bytes = 1U << 20U;
    std::size_t max_frame_bytes_before_hello = 16U << 10U;
    wire::SubjectLimits subject;
    std::uint32_t max_subscriptions = 10'000;
    // Of the places of wildcards in all filters of a connection.
    std::uint32_t max_wildcard_patterns = 64;
    std::uint32_t max_pending_requests = 10'000;
    // Of streams, that wait for their reply.
    std::uint32_t max_durable_publications = 65'536;
    std::uint32_t max_headers = 32;
    std::size_t max_header_bytes = 16U << 10U;
    std::chrono::milliseconds default_request_timeout{5'000};
    std::chrono::milliseconds max_request_timeout{300'000};
    std::chrono::milliseconds hello_timeout{5'000};
    // Maximum silence of a peer before it is pinged or, without a ping, closed. Without a value
    // there is no limit.
    std::optional<std::chrono::milliseconds> idle_timeout{300'000};
    // Of the framing of what is written (codec::HeaderOptions); empty: there is none.
    std::string refuse_as;
    ProtocolOptions protocol;
};

}  // namespace telex::session
