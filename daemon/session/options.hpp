#pragma once
// What a listener's configuration says to its sessions. Plain data, shared by all sessions of the
// listener and constant during their life.
#include "telex/v1/telex.pb.h"
#include "wire/subject.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace telex::session {

// What a `raw` listener does with its frames; one or more of the three are set.
struct RawOptions {
    // Subject template; {transport} {peer} {port} {listener} {connection} are replaced.
    std::optional<std::string> publish;
    // Filter template: matching messages are written as frames.
    std::optional<std::string> subscribe;
    // Subject template: each frame is a request, answers are written in the order of the frames.
    std::optional<std::string> request;
    std::string queue_group;  // for subscribe
    bool echo = false;        // with publish and subscribe: see one's own messages
    std::chrono::milliseconds request_timeout{5'000};
    // A peer is closed after this silence. Nothing: never; TCP keep-alive finds dead peers.
    std::optional<std::chrono::milliseconds> idle_timeout;
};

struct SessionOptions {
    std::string server_name = "telex";
    std::string server_version;
    // Requests answered by nobody else: bytes over datagram sockets are bounded (see Transport).
    bool datagram = false;
    std::size_t max_frame_bytes = 1U << 20U;
    std::size_t max_frame_bytes_before_hello = 16U << 10U;
    wire::SubjectLimits subject;
    std::uint32_t max_subscriptions = 10'000;
    std::uint32_t max_pending_requests = 10'000;
    std::uint32_t max_headers = 32;
    std::size_t max_header_bytes = 16U << 10U;
    std::chrono::milliseconds default_request_timeout{5'000};
    std::chrono::milliseconds max_request_timeout{300'000};
    std::chrono::milliseconds hello_timeout{5'000};
    // Native and json: ping after this silence, close after twice.
    std::chrono::milliseconds idle_timeout{300'000};
    RawOptions raw;
};

}  // namespace telex::session
