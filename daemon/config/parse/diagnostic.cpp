#include "config/parse/diagnostic.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::config {

namespace {

constexpr std::size_t kMaxShown = 80;
constexpr std::size_t kMaxSourceLine = 200;

// The source line and, below it, a caret under `column`.
std::string excerpt(const Diagnostic& diagnostic) {
    std::string source = diagnostic.source.substr(0, kMaxSourceLine);
    // A tab is shown as one blank, so that the caret stands right.
    std::replace(source.begin(), source.end(), '\t', ' ');
    const std::string line = printable(source);
    const std::size_t before = diagnostic.at.column == 0 ? 0 : diagnostic.at.column - 1;
    const std::size_t caret = printable(std::string_view(source).substr(0, before)).size();
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

std::string shown(std::string_view text) {
    std::string out = printable(text, {.max_bytes = kMaxShown});
    return out == printable(text) ? out : out + "...";
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
