#include "config/parse/diagnostic.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::config {

namespace {

constexpr std::size_t kMaxShown = 80;
constexpr std::size_t kMaxSourceLine = 200;

// U+0080 to U+009F are control characters, U+200E to U+202E and U+2066 to U+2069 turn the direction
// of writing: both can make a line on a terminal say something else than the file does.
bool deceives(std::string_view character) {
    if (character.size() == 2) {
        return character[0] == '\xc2' && static_cast<unsigned char>(character[1]) < 0xA0;
    }
    if (character.size() != 3 || character[0] != '\xe2') {
        return false;
    }
    const auto second = static_cast<unsigned char>(character[1]);
    const auto third = static_cast<unsigned char>(character[2]);
    return (second == 0x80 && third >= 0x8B && third <= 0xAE) ||
           (second == 0x81 && third >= 0xA0 && third <= 0xAF);
}

// Appends the first character of `text` or its escape, returns the bytes used.
std::size_t append_shown(std::string& out, std::string_view text) {
    const std::size_t size = utf8_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    const auto first = static_cast<unsigned char>(character.front());
    if (size == 0 || first < ' ' || first == 0x7F || deceives(character)) {
        for (const char byte : character) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(byte));
        }
    } else {
        out += character;
    }
    return character.size();
}

// The source line and, below it, a caret under `column`.
std::string excerpt(const Diagnostic& diagnostic) {
    std::string line;
    std::size_t caret = 0;
    std::size_t used = 0;
    const std::string_view source = std::string_view(diagnostic.source).substr(0, kMaxSourceLine);
    while (used < source.size()) {
        if (used + 1 == diagnostic.at.column) {
            caret = line.size();
        }
        // A tab is shown as one blank, so that the caret stands right.
        used += source[used] == '\t' ? (line += ' ', 1) : append_shown(line, source.substr(used));
    }
    if (diagnostic.at.column == source.size() + 1) {
        caret = line.size();
    }
    const auto blanks = static_cast<std::size_t>(std::count_if(
        line.begin(),
        line.begin() + static_cast<std::ptrdiff_t>(caret),
        [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
    ));
    return diagnostic.at.column > source.size() + 1
               ? fmt::format("{:>5} | {}\n", diagnostic.at.line, line)
               : fmt::format(
                     "{:>5} | {}\n      | {:>{}}\n", diagnostic.at.line, line, "^", blanks + 1
                 );
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t used = 0; used < text.size();) {
        used += append_shown(out, text.substr(used));
    }
    return out;
}

std::string shown(std::string_view text) {
    std::string out;
    for (std::size_t used = 0; used < text.size();) {
        if (out.size() >= kMaxShown) {
            return out + "...";
        }
        used += append_shown(out, text.substr(used));
    }
    return out;
}

std::string headline(const Diagnostic& diagnostic) {
    const std::string_view severity = diagnostic.severity == Severity::error ? "error" : "warning";
    if (diagnostic.at.line == 0) {
        return fmt::format("{}: {}: {}", diagnostic.file, severity, diagnostic.message);
    }
    return fmt::format(
        "{}:{}:{}: {}: {}",
        diagnostic.file,
        diagnostic.at.line,
        diagnostic.at.column,
        severity,
        diagnostic.message
    );
}

std::string render(const Diagnostic& diagnostic) {
    std::string out = headline(diagnostic) + '\n';
    if (diagnostic.at.line == 0) {
        return out;
    }
    if (!diagnostic.source.empty()) {
        out += excerpt(diagnostic);
    }
    if (!diagnostic.hint.empty()) {
        out += fmt::format("      {}\n", diagnostic.hint);
    }
    return out;
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics) {
        out += render(diagnostic);
    }
    return out;
}

}  // namespace telex::config
