#include "base/json_text.hpp"

#include <string_view>
#include <utility>

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
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t at = json.find_first_of("\x7F\xC2"); at != std::string::npos;
         at = json.find_first_of("\x7F\xC2", at)) {
        const std::size_t size = control_size(json, at);
        if (size == 0) {
            ++at;
            continue;
        }
        // The last byte of both notations is the number of the character.
        const auto number = static_cast<unsigned char>(json[at + size - 1]);
        const std::string escape{'\\', 'u', '0', '0', kDigits[number >> 4U], kDigits[number & 15U]};
        json.replace(at, size, escape);
        at += escape.size();
    }
    return json;
}

}  // namespace telex
