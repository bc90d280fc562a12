#pragma once
// The usual line of the json protocol, a frame with a message whose payload is text, read and
// written without protobuf's JSON library: that looks at every field by its description and costs
// some 15 us a message. Whatever is not usual is left to it, and so is every error.
//
// The library is the standard: what is written here it reads as the same frame, and what is read
// here it reads alike. Tests and the fuzzer compare.
#include "telex/v1/telex.pb.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace telex::wire {

// Appends the frame as one line without its end; the payload as `text`, last in its message. False,
// and nothing appended, when the frame is not a message alone or a string is not UTF-8. The payload
// must be text (is_plain_text) or empty.
[[nodiscard]] bool append_usual_json(std::string& out, const v1::Frame& frame);

// Fills `out`, which is empty, from a line that holds nothing but strings of a message. False, and
// `out` as it was, when there is anything else. `text` has been taken out of the tree.
[[nodiscard]] bool read_usual_json(const nlohmann::json& tree, v1::Frame& out);

}  // namespace telex::wire
