#pragma once
// The mode of a raw listener, and its configuration keys.
//
//   publish              frames go to a subject
//   subscribe            messages become frames
//   publish + subscribe  both: a chat room, a bridge
//   request              each frame is a request, replies are written in the order of the frames;
//                        alone, because the peer could not tell replies from other messages
#include "session/protocol.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace telex::session::raw {

struct RawOptions {
    // Subject template (session/subject_template.hpp).
    std::optional<std::string> publish{};
    // Filter template: matching messages are written as frames.
    std::optional<std::string> subscribe{};
    // Subject template.
    std::optional<std::string> request{};
    std::string queue_group{};  // of subscribe
    bool echo = false;          // deliver a peer's own messages to it
    std::chrono::milliseconds request_timeout{5'000};
};

std::span<const OptionRow> raw_option_rows();

// Returns every combination of keys that makes no sense, so that a session never meets one.
std::vector<ListenerError> check_raw_listener(const ListenerFacts& facts);

}  // namespace telex::session::raw
