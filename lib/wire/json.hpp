#pragma once
// The encoding of the json protocol: one Frame as one line in protobuf's JSON mapping.
//
// One addition for people: `message.text`. A sender may write it instead of `payload` (base64), and
// a receiver gets it instead of `payload` if that is plain text (plain_text.hpp). Stricter than
// protobuf's reader: strict JSON, no byte order mark, no duplicate keys, at most kMaxJsonDepth
// levels and kMaxJsonValues values, both counted before anything is built.
#include "base/result.hpp"
#include "telex/v1/telex.pb.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace telex::wire {

inline constexpr std::size_t kMaxJsonDepth = 32;
// Far more than a frame with all its headers has; a value may cost a hundred times its bytes.
inline constexpr std::size_t kMaxJsonValues = 4096;

// Replaces `out`, which is unspecified after an error. The error is one printable line for the
// sender and names the position or the field. Field names in lowerCamelCase or as in the .proto;
// 64-bit numbers as numbers or strings. Never throws.
[[nodiscard]] Result<void, std::string> json_to_frame(std::string_view line, v1::Frame& out);

// Appends the frame as one line without its end ('\n' never occurs inside). Control characters are
// escaped, U+007F to U+009F too. Unknown fields cannot
// be expressed in JSON and are left out. Returns false and appends nothing if a string of the frame
// is not UTF-8, which is impossible in a parsed frame.
[[nodiscard]] bool append_json(std::string& out, const v1::Frame& frame);

}  // namespace telex::wire
