#pragma once
// JSON text that a terminal may show.
#include <string>

namespace telex {

// Escapes the control characters U+007F to U+009F, which JSON allows inside strings and a terminal
// obeys: U+009B begins a command as ESC [ does. `json` must be valid JSON.
std::string escape_json_controls(std::string json);

}  // namespace telex
