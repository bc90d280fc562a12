#pragma once
// Reads and writes the usual line of the json protocol, a frame with a message whose payload is
// text, without protobuf's JSON library, which visits every field by its descriptor and takes some
// 15 us a message. All other lines and all errors are left to the library.
//
// The library is the reference: it reads what is written here as the same frame, and what is read
// here in the same way. Tests and the fuzzer compare.
#include "telex/v1/telex.pb.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace telex::wire {

// Appends the frame as one line without its end, with the payload as `text`, last in its message.
// Returns false and appends nothing if the frame contains more than a message or a string is not
// UTF-8. The payload must be text (is_plain_text) or empty.
[[nodiscard]] bool append_usual_json(std::string& out, const v1::Frame& frame);

// Fills `out`, which must be empty, from a line that contains only strings of a message. Returns
// false and leaves `out` unchanged if it contains anything else. `text` must have been removed from
// the tree.
[[nodiscard]] bool read_usual_json(const nlohmann::json& tree, v1::Frame& out);

}  // namespace telex::wire
