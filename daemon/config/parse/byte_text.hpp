#pragma once
// Checks byte strings for two misleading notations of YAML:
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
    std::string_view quoted;  // for messages
    std::string_view source;  // rest of the line from the value on; empty if unknown
    bool substituted = false;
};

// Returns what is wrong, or nothing. Of a substituted value it shows the escape only.
std::optional<ByteTextFault> fault_of_bytes(const ByteText& text);

}  // namespace telex::config
