#pragma once
// What a responder says by a header of its answer, for askers whose protocol has no words for it:
// the peers of raw listeners. Others get the message with its headers.
//
//   Telex-No-Answer   there is no answer to this request, on purpose; the payload means nothing
//   Telex-Error       the responder failed; the value says how, for people
//
// Names are compared exactly, and Telex-Error counts when both are there.
#include "wire/frame_view.hpp"

#include <cstdint>
#include <string_view>

namespace telex::wire {

inline constexpr std::string_view kNoAnswerHeader = "Telex-No-Answer";
inline constexpr std::string_view kErrorHeader = "Telex-Error";

enum class ReplyKind : std::uint8_t { answer, no_answer, failure };

struct Reply {
    ReplyKind kind = ReplyKind::answer;
    std::string_view error;  // failure: the header's value, a view into the message
};

// What the headers of an answer say.
inline Reply read_reply(const MessageView& message) {
    Reply reply;
    if (message.header_count == 0) [[likely]] {
        return reply;
    }
    for_each_header(message.body, [&reply](std::string_view name, std::string_view value) {
        if (name == kErrorHeader) {
            reply = {ReplyKind::failure, value};
        } else if (name == kNoAnswerHeader && reply.kind == ReplyKind::answer) {
            reply.kind = ReplyKind::no_answer;
        }
    });
    return reply;
}

}  // namespace telex::wire
