#include "config/parse/byte_text.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

// Letters of the YAML escapes that are likely in a byte string.
constexpr std::string_view kEscapes = "0abefnrtvxuU";

std::string hex_of(std::string_view bytes) {
    std::string out = "hex:";
    for (const char byte : bytes) {
        out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return out;
}

// Returns the position of what looks like an escape, or npos.
std::size_t find_escape(std::string_view text) {
    std::size_t at = text.find('\\');
    while (at != std::string_view::npos) {
        if (at + 1 < text.size() && kEscapes.find(text[at + 1]) != std::string_view::npos) {
            return at;
        }
        at = text.find('\\', at + 2);
    }
    return at;
}

// Returns true if the double-quoted text at the start of `source` has \x80 to \xff.
bool has_high_escape(std::string_view source) {
    for (std::size_t at = 1; at < source.size() && source[at] != '"'; ++at) {
        if (source[at] != '\\') {
            continue;
        }
        const std::string_view escape = source.substr(at, 4);
        const char first_digit = escape.size() < 3 ? '0' : static_cast<char>(escape[2] | 0x20);
        if (escape.starts_with("\\x") &&
            (first_digit == '8' || first_digit == '9' || first_digit >= 'a')) {
            return true;
        }
        ++at;  // the escaped character may be a quote
    }
    return false;
}

// The intended bytes: the code points of the characters.
std::string latin1(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto lead = static_cast<unsigned char>(text[at]);
        if ((lead == 0xC2 || lead == 0xC3) && at + 1 < text.size()) {
            ++at;
            const auto low = static_cast<unsigned char>(text[at]);
            bytes += static_cast<char>(lead == 0xC3 ? low + 0x40U : low);
        } else {
            bytes += text[at];
        }
    }
    return bytes;
}

ByteTextFault high_escape(const ByteText& text) {
    return {
        "\\x80 to \\xff are characters in YAML, of two bytes each",
        text.substituted ? "write the bytes as hexadecimal digits, such as \"hex:ff\""
                         : fmt::format(
                               "write \"{}\" for the bytes; the characters are \"{}\"",
                               hex_of(latin1(text.value)),
                               hex_of(text.value)
                           ),
    };
}

ByteTextFault unquoted_escape(const ByteText& text, std::string_view escape) {
    return {
        fmt::format(
            "{} contains a backslash and the letter '{}'; YAML has escapes in double quotes only",
            text.quoted,
            escape[1]
        ),
        fmt::format(
            "write \"{}\" in double quotes; the two characters are \"{}\"", escape, hex_of(escape)
        ),
    };
}

}  // namespace

std::optional<ByteTextFault> fault_of_bytes(const ByteText& text) {
    if (text.source.empty()) {
        return std::nullopt;
    }
    const bool double_quoted = text.source.starts_with('"');
    if (double_quoted && has_high_escape(text.source)) {
        return high_escape(text);
    }
    // "\\\\n": the backslash is intended.
    const bool meant = double_quoted && text.source.find("\\\\") != std::string_view::npos;
    const std::size_t escape = find_escape(text.value);
    if (meant || escape == std::string_view::npos) {
        return std::nullopt;
    }
    return unquoted_escape(text, text.value.substr(escape, 2));
}

}  // namespace telex::config
