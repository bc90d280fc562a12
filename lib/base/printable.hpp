#pragma once
// Text from peers, files and users made safe for one line of a log, a terminal or an error.
#include <cstddef>
#include <string>
#include <string_view>

namespace telex {

struct PrintableOptions {
    // Maximum size of the result in bytes. The text is cut between characters, never inside an
    // escape.
    std::size_t max_bytes = std::string_view::npos;
    // Control characters below U+0020 that are kept, such as "\t\n".
    std::string_view keep = {};
    // Printable ASCII characters that are escaped as well, such as "\"".
    std::string_view escape = {};
};

// For a value between double quotes in a log line.
inline constexpr PrintableOptions kQuotedField{.max_bytes = 256, .keep = {}, .escape = "\""};

// Returns `text` with each byte of the following as \xNN (two lower-case digits): control
// characters (U+0000 to U+001F, U+007F to U+009F), characters that change the direction of writing,
// break lines or are invisible, and bytes that are not UTF-8. The backslash is not escaped:
// printable(printable(text)) == printable(text).
std::string printable(std::string_view text, PrintableOptions options = {});

}  // namespace telex
