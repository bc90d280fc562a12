#include "base/json_text.hpp"

#include <algorithm>
#include <string_view>

namespace telex {
namespace {

// Size in bytes of the control character at `at`; 0 for others.
std::size_t control_size(std::string_view json, std::size_t at) {
    const auto byte = static_cast<unsigned char>(json[at]);
    if (byte == 0x7F) {
        return 1;
    }
    const bool c1 =
        byte == 0xC2 && at + 1 < json.size() && static_cast<unsigned char>(json[at + 1]) < 0xA0;
    return c1 ? 2 : 0;
}

}  // namespace

std::string escape_json_controls(std::string json) {
    constexpr std::string_view kFirstBytes = "\x7F\xC2";
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::size_t at = json.find_first_of(kFirstBytes);
    if (at == std::string::npos) {
        return json;
    }
    std::string escaped;
    escaped.reserve(json.size());
    std::size_t copied = 0;
    while (at != std::string::npos) {
        const std::size_t size = control_size(json, at);
        if (size != 0) {
            // The last byte of both notations is the number of the character.
            const auto number = static_cast<unsigned char>(json[at + size - 1]);
            escaped.append(json, copied, at - copied).append("\\u00");
            escaped += kDigits[number >> 4U];
            escaped += kDigits[number & 15U];
            copied = at + size;
        }
        at = json.find_first_of(kFirstBytes, at + std::max<std::size_t>(size, 1));
    }
    return escaped.append(json, copied);
}

}  // namespace telex
