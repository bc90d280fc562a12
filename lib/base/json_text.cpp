#include "base/json_text.hpp"

#include "base/hidden_character.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace telex {
namespace {

// Of the characters that are escaped.
constexpr std::string_view kFirstBytes = "\x7F\xC2\xD8\xE2";

bool is_escaped(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (first == 0xC2 && character.size() == 2) {
        return static_cast<unsigned char>(character[1]) < 0xA0;
    }
    return first == 0x7F || is_hidden_character(character);
}

// The number of a character of one to three bytes.
std::uint32_t number_of(std::string_view character) {
    constexpr unsigned kBits = 6;
    constexpr std::uint32_t kRest = 0x3F;
    std::uint32_t number = static_cast<unsigned char>(character[0]);
    if (character.size() > 1) {
        number &= kRest >> (character.size() - 1);
    }
    for (const char byte : character.substr(1)) {
        number = number << kBits | (static_cast<unsigned char>(byte) & kRest);
    }
    return number;
}

void append_escaped(std::string& json, std::uint32_t number) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr unsigned kHighest = 12;
    constexpr unsigned kStep = 4;
    json += "\\u";
    for (unsigned shift = kHighest + kStep; shift > 0; shift -= kStep) {
        json += kDigits[number >> (shift - kStep) & 0xFU];
    }
}

}  // namespace

std::string escape_json_controls(std::string json) {
    std::size_t at = json.find_first_of(kFirstBytes);
    if (at == std::string::npos) {
        return json;
    }
    const std::string_view text = json;
    std::string escaped;
    escaped.reserve(json.size());
    std::size_t copied = 0;
    while (at != std::string::npos) {
        const std::size_t size = std::max<std::size_t>(utf8_length(text.substr(at)), 1);
        const std::string_view character = text.substr(at, size);
        if (is_escaped(character)) {
            escaped.append(json, copied, at - copied);
            append_escaped(escaped, number_of(character));
            copied = at + size;
        }
        at = json.find_first_of(kFirstBytes, at + size);
    }
    return escaped.append(json, copied);
}

}  // namespace telex
