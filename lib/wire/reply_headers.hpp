#pragma once
// Headers of a reply that replace protocol frames for requesters whose protocol has none: the peers
// of raw listeners. Other requesters receive the message with its headers.
//
//   Telex-No-Answer   the responder deliberately sends no reply; the payload is ignored
//   Telex-Error       the responder failed; the value is an error text
//   Telex-Close       this reply is the last: the connection ends when it is written
//
// Names are compared exactly. Telex-Error wins over Telex-No-Answer; Telex-Close goes with both.
#include "wire/frame_view.hpp"

#include <cstdint>
#include <string_view>

namespace telex::wire {

inline constexpr std::string_view kNoAnswerHeader = "Telex-No-Answer";
inline constexpr std::string_view kErrorHeader = "Telex-Error";
inline constexpr std::string_view kCloseHeader = "Telex-Close";

enum class ReplyKind : std::uint8_t { message, none, failure };

struct Reply {
    ReplyKind kind = ReplyKind::message;
    std::string_view error;  // failure: the header's value, a view into the message
    bool last = false;
};

// The outcome that the headers of a reply express.
inline Reply read_reply(const MessageView& message) {
    Reply reply;
    if (message.header_count == 0) [[likely]] {
        return reply;
    }
    for_each_header(message.body, [&reply](std::string_view name, std::string_view value) {
        if (name == kErrorHeader) {
            reply.kind = ReplyKind::failure;
            reply.error = value;
        } else if (name == kNoAnswerHeader && reply.kind == ReplyKind::message) {
            reply.kind = ReplyKind::none;
        } else if (name == kCloseHeader) {
            reply.last = true;
        }
    });
    return reply;
}

}  // namespace telex::wire
