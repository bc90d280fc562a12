#include "base/printable.hpp"

#include "base/hidden_character.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace telex {
namespace {

unsigned octet(char byte) {
    return static_cast<unsigned char>(byte);
}

bool is_safe(std::string_view character, const PrintableOptions& options) {
    const unsigned first = octet(character[0]);
    if (character.size() > 1) {
        return !(first == 0xC2 && octet(character[1]) < 0xA0) && !is_hidden_character(character);
    }
    if (first < 0x20) {
        return options.keep.find(character[0]) != std::string_view::npos;
    }
    return first != 0x7F && options.escape.find(character[0]) == std::string_view::npos;
}

std::string escape_bytes(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char byte : bytes) {
        out += "\\x";
        out += kDigits[octet(byte) >> 4U];
        out += kDigits[octet(byte) & 15U];
    }
    return out;
}

}  // namespace

std::string printable(std::string_view text, PrintableOptions options) {
    std::string out;
    out.reserve(std::min(text.size(), options.max_bytes));
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(character.size());
        const bool safe = length != 0 && is_safe(character, options);
        const std::string escaped = safe ? std::string() : escape_bytes(character);
        const std::string_view shown = safe ? character : escaped;
        if (shown.size() > options.max_bytes - out.size()) {
            break;
        }
        out += shown;
    }
    return out;
}

}  // namespace telex
