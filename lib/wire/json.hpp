#pragma once
// The json protocol's bytes: one Frame as one line in protobuf's JSON mapping.
//
// One thing is added for people: `message.text`. A sender may write it in place of `payload`
// (base64), and a receiver gets it in place of `payload` when the payload is UTF-8 text without
// control characters other than tab, line feed and carriage return. Stricter than protobuf's own
// reader: strict JSON, no key twice in an object, at most kMaxJsonDepth levels and
// kMaxJsonValues values, both counted before anything is built.
#include "base/result.hpp"
#include "telex/v1/telex.pb.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::wire {

inline constexpr std::size_t kMaxJsonDepth = 32;
// Far above what a frame with all its headers has; a value may cost a hundred times its bytes.
inline constexpr std::size_t kMaxJsonValues = 4096;

// Replaces `out`, which has no defined content after an error. The error is one printable line for
// the person who typed, and names the place or the field. Field names in lowerCamelCase and as in
// the .proto; 64-bit numbers as numbers or strings. Never throws.
[[nodiscard]] Result<void, std::string> json_to_frame(std::string_view line, v1::Frame& out);

// Appends the frame as one line without its end ('\n' never occurs inside). Unknown fields have no
// place in JSON and are left out. False, and nothing appended, when a string of the frame is not
// UTF-8, which no parsed frame has.
[[nodiscard]] bool append_json(std::string& out, const v1::Frame& frame);

// May the payload be shown as `text`?
bool is_plain_text(std::string_view payload);

}  // namespace telex::wire
