#pragma once
// One problem of a configuration file, as an operator reads it:
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

// In the file, both counted from 1; columns count bytes, as editors and compilers do.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;

    auto operator<=>(const Position&) const = default;
};

enum class Severity : std::uint8_t { warning, error };

struct Diagnostic {
    std::string file;
    // {0, 0}: concerns the file as a whole.
    Position at;
    Severity severity = Severity::error;
    std::string message;
    // What is allowed; empty when the message says it all.
    std::string hint;
    // The line of the file, without its end; empty when there is none to show.
    std::string source;
};

// The first of the lines shown above, without its end: for a log.
std::string headline(const Diagnostic& diagnostic);
// The lines shown above, each with its line end. Bytes that a terminal could obey are escaped.
std::string render(const Diagnostic& diagnostic);
std::string render(const std::vector<Diagnostic>& diagnostics);

// printable(text), cut to a size that fits into a sentence.
std::string shown(std::string_view text);

}  // namespace telex::config
