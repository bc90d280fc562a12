#pragma once
// Messages on standard error, each in one write. Control characters are escaped.
#include <string_view>

namespace telex::cli {

// Prints "telex: pub: text".
void print_error(std::string_view command, std::string_view text);
// For text from a server. Line feeds are escaped too, so that it cannot imitate a message of the
// tool.
void print_server_error(std::string_view command, std::string_view text);
// Prints a line that is not an error.
void print_note(std::string_view text);

}  // namespace telex::cli
