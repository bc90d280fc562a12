#include "cli/terminal/text.hpp"

#include <fmt/format.h>

#include <optional>

namespace telex::cli {
namespace {

unsigned octet(char byte) {
    return static_cast<unsigned char>(byte);
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return octet(c) - '0';
    }
    const unsigned lower = octet(c) | 0x20U;
    if (lower >= 'a' && lower <= 'f') {
        return lower - 'a' + 10;
    }
    return std::nullopt;
}

// The byte of two hexadecimal digits at the beginning of `text`.
std::optional<char> hex_byte(std::string_view text) {
    if (text.size() < 2) {
        return std::nullopt;
    }
    const auto high = hex_digit(text[0]);
    const auto low = hex_digit(text[1]);
    if (!high || !low) {
        return std::nullopt;
    }
    return static_cast<char>(*high << 4U | *low);
}

std::optional<char> simple_escape(char letter) {
    switch (letter) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case '0':
            return '\0';
        case '\\':
            return '\\';
        default:
            return std::nullopt;
    }
}

}  // namespace

std::string to_hex(ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        out += kDigits[octet(byte) >> 4U];
        out += kDigits[octet(byte) & 15U];
    }
    return out;
}

Result<std::string, std::string> parse_hex(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r') {
            ++at;
            continue;
        }
        const auto byte = hex_byte(text.substr(at));
        if (!byte) {
            return unexpected(fmt::format("column {}: expected two hexadecimal digits", at + 1));
        }
        out += *byte;
        at += 2;
    }
    return out;
}

Result<std::string, std::string> parse_escapes(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            out += text[at];
            continue;
        }
        const std::string_view rest = text.substr(at + 1);
        if (rest.starts_with('x')) {
            if (const auto byte = hex_byte(rest.substr(1))) {
                out += *byte;
                at += 3;
                continue;
            }
        } else if (const auto byte = rest.empty() ? std::nullopt : simple_escape(rest[0])) {
            out += *byte;
            at += 1;
            continue;
        }
        return unexpected(std::string("unknown escape; expected \\n, \\r, \\t, \\0, \\\\ or \\xNN")
        );
    }
    return out;
}

}  // namespace telex::cli
