#pragma once
// An error or warning about a configuration file:
//
//   telexd.yaml:14:7: error: unknown key 'max_conections' in listeners[0].limits; did you mean ...?
//      14 |       max_conections: 5
//         |       ^
//      allowed: max_connections, max_frame, ...
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

// In the file, both counted from 1. Columns count bytes.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;

    auto operator<=>(const Position&) const = default;
};

enum class Severity : std::uint8_t { warning, error };

struct Diagnostic {
    std::string file;
    // {0, 0} for the file as a whole.
    Position at;
    Severity severity = Severity::error;
    std::string message;
    // The expected value; may be empty.
    std::string hint;
    // The line of the file without its end; may be empty.
    std::string source;
};

// The first of the lines above, without its end, for a log.
std::string headline(const Diagnostic& diagnostic);
// The lines above, each with its line end. Terminal control sequences are escaped.
std::string render(const Diagnostic& diagnostic);
std::string render(const std::vector<Diagnostic>& diagnostics);

// printable(text), cut to a size that fits into a sentence.
std::string shown(std::string_view text);

}  // namespace telex::config
