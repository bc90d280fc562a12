#pragma once
// The mode of a raw listener, and its configuration keys.
//
//   publish              frames go to a subject
//   subscribe            messages become frames
//   publish + ack        each frame is answered once a stream has it on the disk
//   publish + subscribe  both: a chat room, a bridge
//   request              each frame is a request, replies are written in the order of the frames;
//                        alone, because the peer could not tell replies from other messages
//
// greeting, connect and disconnect concern the connection, for protocols in which the server speaks
// first and for responders that keep a state for each peer.
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
    // Answers to a frame that a stream stored, and to one that was refused (stored_answer.hpp).
    std::optional<std::string> ack{};
    std::optional<std::string> nak{};
    std::string queue_group{};  // of subscribe
    // Written as it is, before anything else.
    std::string greeting{};
    // Subject templates: a request when a peer connects, whose reply is written to it, and a
    // message when it ends.
    std::optional<std::string> connect{};
    std::optional<std::string> disconnect{};
    bool echo = false;  // deliver a peer's own messages to it
    bool close_after_reply = false;
    bool close_by_message = false;  // one with the header Telex-Close
    std::chrono::milliseconds request_timeout{5'000};
};

std::span<const OptionRow> raw_option_rows();

// Returns every combination of keys that makes no sense, so that a session never meets one.
std::vector<ListenerError> check_raw_listener(const ListenerFacts& facts);

}  // namespace telex::session::raw
