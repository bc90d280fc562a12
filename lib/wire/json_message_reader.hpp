#pragma once
// Reads the usual line of the json protocol, a frame with a message, straight into the binary
// encoding: the library of json.hpp builds a tree and a message, which costs thirty times as much.
//
// The library is the reference: what is read here, it reads as the same frame. A line that is not
// usual is left to it, valid or not: one with a control, null, an unknown or repeated field, an
// escaped name, a number with a sign, a fraction or an exponent, base64 in another notation, many
// headers. Tests and the fuzzer compare.
#include <string>
#include <string_view>

namespace telex::wire {

// Appends the frame in the binary encoding. Returns false and appends nothing if the line is not
// usual.
[[nodiscard]] bool read_usual_json(std::string_view line, std::string& out);

}  // namespace telex::wire
