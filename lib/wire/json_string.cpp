#include "wire/json_string.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

namespace telex::wire {
namespace {

constexpr std::size_t kHexDigits = 4;

// --- writing ------------------------------------------------------------------------------------

void append_escape(std::string& out, char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
    constexpr std::string_view kNames = "\"\\bfnrt";
    if (const auto named = kNamed.find(byte); named != std::string_view::npos) {
        const char escape[] = {'\\', kNames[named]};
        out.append(escape, sizeof escape);
        return;
    }
    const auto value = static_cast<unsigned char>(byte);
    const char escape[] = {'\\', 'u', '0', '0', kDigits[value >> 4U], kDigits[value & 15U]};
    out.append(escape, sizeof escape);
}

// 0xC2 begins U+0080 to U+009F, which terminals interpret like the controls below U+0020, and some
// harmless characters.
constexpr char kControlLead = '\xC2';

bool is_harmless(const char* character, const char* end) {
    return *character == kControlLead &&
           (end - character < 2 || static_cast<unsigned char>(character[1]) >= 0xA0);
}

// Returns the first character that must be escaped; the end if there is none.
const char* find_escaped(const char* at, const char* end) {
    while (true) {
        at = find_control_or<'"', '\\', '\x7F', kControlLead>(at, end);
        if (at == end || !is_harmless(at, end)) {
            return at;
        }
        ++at;
    }
}

// --- reading ------------------------------------------------------------------------------------

std::optional<std::uint32_t> hex_number(std::string_view digits) {
    std::uint32_t number = 0;
    if (digits.size() < kHexDigits) {
        return std::nullopt;
    }
    const char* const end = digits.data() + kHexDigits;
    const auto read = std::from_chars(digits.data(), end, number, 16);
    return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

// Takes "uXXXX", or two of them with a backslash between: a pair of surrogates.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
    constexpr std::size_t kUnit = 1 + kHexDigits;
    const auto first = hex_number(text.substr(1));
    if (!first) {
        return std::nullopt;
    }
    text.remove_prefix(kUnit);
    if (*first < 0xD800 || *first > 0xDFFF) {
        return first;
    }
    if (*first > 0xDBFF || !text.starts_with("\\u")) {
        return std::nullopt;
    }
    const auto second = hex_number(text.substr(2));
    if (!second || *second < 0xDC00 || *second > 0xDFFF) {
        return std::nullopt;
    }
    text.remove_prefix(1 + kUnit);
    return 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00);
}

char* write_utf8(char* out, std::uint32_t code_point) {
    const auto tail = [&](unsigned shift) {
        return static_cast<char>(0x80U | (code_point >> shift & 0x3FU));
    };
    if (code_point < 0x80) {
        *out++ = static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        *out++ = static_cast<char>(0xC0U | code_point >> 6U);
        *out++ = tail(0);
    } else if (code_point < 0x10000) {
        *out++ = static_cast<char>(0xE0U | code_point >> 12U);
        *out++ = tail(6);
        *out++ = tail(0);
    } else {
        *out++ = static_cast<char>(0xF0U | code_point >> 18U);
        *out++ = tail(12);
        *out++ = tail(6);
        *out++ = tail(0);
    }
    return out;
}

// Takes an escape behind its backslash.
char* decode_escape(std::string_view& text, char* out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kNamed = "\"\\/\b\f\n\r\t";
    if (text.empty()) {
        return nullptr;
    }
    if (text.front() == 'u') {
        const auto code_point = take_code_point(text);
        return code_point ? write_utf8(out, *code_point) : nullptr;
    }
    const auto name = kNames.find(text.front());
    if (name == std::string_view::npos) {
        return nullptr;
    }
    text.remove_prefix(1);
    *out = kNamed[name];
    return out + 1;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        const char* const escaped = find_escaped(at, end);
        out.append(at, static_cast<std::size_t>(escaped - at));
        if (escaped == end) {
            return;
        }
        // The number of a character behind 0xC2 is that of its last byte.
        at = escaped + (*escaped == kControlLead ? 1 : 0);
        append_escape(out, *at++);
    }
}

char* decode_json_text(std::string_view string, char* out) {
    while (true) {
        const char* const begin = string.data();
        const char* const special = find_control_or<'\\'>(begin, begin + string.size());
        const auto plain = static_cast<std::size_t>(special - begin);
        std::memcpy(out, begin, plain);
        out += plain;
        string.remove_prefix(plain);
        if (string.empty()) {
            return out;
        }
        const bool escape = string.front() == '\\';
        string.remove_prefix(1);
        out = escape ? decode_escape(string, out) : nullptr;
        if (out == nullptr) {
            return nullptr;
        }
    }
}

}  // namespace telex::wire
