#pragma once
// JSON text that a terminal may show.
#include <string>

namespace telex {

// Escapes characters that JSON allows inside strings: the control characters U+007F to U+009F,
// which a terminal obeys (U+009B begins a command as ESC [ does), and those that turn or hide what
// stands around them (hidden_character.hpp). The text stays equal for whoever parses it. `json`
// must be valid JSON.
std::string escape_json_controls(std::string json);

}  // namespace telex
