#pragma once
// Byte strings as an operator writes them in YAML, where two notations say something else than they
// seem to:
//
//   \n      without double quotes is a backslash and an n
//   "\xff"  is the character U+00FF, which is the two bytes c3 bf
#include <optional>
#include <string>
#include <string_view>

namespace telex::config {

struct ByteTextFault {
    std::string message;
    std::string hint;  // what to write instead
};

struct ByteText {
    std::string_view value;   // after substitution
    std::string_view quoted;  // as it may be shown
    std::string_view source;  // the line of the file from the value on; empty: not known
    bool substituted = false;
};

// Returns what is wrong, or nothing. Shows no part of a substituted value but an escape.
std::optional<ByteTextFault> fault_of_bytes(const ByteText& text);

}  // namespace telex::config
