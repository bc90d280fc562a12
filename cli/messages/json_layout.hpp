#pragma once
// Lays JSON out for people.
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

// Returns `text` with a line for each member and element, indented by two blanks; numbers and
// strings stay as they are. Returns nothing if `text` is not a JSON object or array.
std::optional<std::string> indented_json(std::string_view text);

}  // namespace telex::cli
