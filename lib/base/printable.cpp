#include "base/printable.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace telex {
namespace {

unsigned octet(char byte) {
    return static_cast<unsigned char>(byte);
}

// U+200B to U+200F, U+2028 to U+202E and U+2060 to U+206F, without the joiners U+200C and U+200D,
// which some scripts need.
bool is_deceptive(std::string_view character) {
    if (character.size() != 3 || octet(character[0]) != 0xE2) {
        return false;
    }
    const unsigned second = octet(character[1]);
    const unsigned third = octet(character[2]);
    if (second == 0x81) {
        return third >= 0xA0 && third <= 0xAF;
    }
    return second == 0x80 && ((third >= 0x8B && third <= 0x8F && third != 0x8C && third != 0x8D) ||
                              (third >= 0xA8 && third <= 0xAE));
}

bool is_safe(std::string_view character, const PrintableOptions& options) {
    const unsigned first = octet(character[0]);
    if (character.size() > 1) {
        return !(first == 0xC2 && octet(character[1]) < 0xA0) && !is_deceptive(character);
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
