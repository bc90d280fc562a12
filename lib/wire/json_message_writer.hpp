#pragma once
// Writes a message as a line of the json protocol, from its binary encoding: the library of
// json.hpp visits every field by its descriptor, which costs some 15 us a message.
//
// The library is the reference: it reads what is written here as the same frame, and writes the
// same fields with the same values, but for `text` (json.hpp) and optional escapes. Tests and the
// fuzzer compare.
#include "wire/frame_view.hpp"

#include <string>

namespace telex::wire {

// Appends the frame with its message as one line without its end. Uses the body of the message
// only. Returns false and appends nothing if the body is not a Message, or if reply_to is not
// UTF-8.
[[nodiscard]] bool append_message_json(std::string& out, const FrameView& frame);

}  // namespace telex::wire
