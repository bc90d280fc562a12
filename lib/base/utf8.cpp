#include "base/utf8.hpp"

namespace telex {
namespace {

// Length of a character in bytes and the range of its second byte, by lead byte. The narrowed
// ranges exclude overlong forms (E0, F0), surrogates (ED) and code points above U+10FFFF (F4).
struct Lead {
    std::size_t length;
    unsigned char second_low;
    unsigned char second_high;
};

Lead lead_of(unsigned char first) {
    if (first >= 0xC2 && first <= 0xDF) {
        return {2, 0x80, 0xBF};
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return {
            3,
            static_cast<unsigned char>(first == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(first == 0xED ? 0x9F : 0xBF)
        };
    }
    if (first >= 0xF0 && first <= 0xF4) {
        return {
            4,
            static_cast<unsigned char>(first == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(first == 0xF4 ? 0x8F : 0xBF)
        };
    }
    return {0, 0, 0};
}

unsigned char byte_at(ByteView bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

std::size_t utf8_length(ByteView bytes) {
    if (bytes.empty()) {
        return 0;
    }
    if (byte_at(bytes, 0) < 0x80) {
        return 1;
    }
    const Lead lead = lead_of(byte_at(bytes, 0));
    if (lead.length == 0 || bytes.size() < lead.length) {
        return 0;
    }
    if (byte_at(bytes, 1) < lead.second_low || byte_at(bytes, 1) > lead.second_high) {
        return 0;
    }
    for (std::size_t at = 2; at < lead.length; ++at) {
        if ((byte_at(bytes, at) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return lead.length;
}

bool detail::is_utf8_slow(ByteView bytes) {
    while (!bytes.empty()) {
        if (bytes.size() >= 8 && (load_eight(bytes.data()) & kHighBits) == 0) {
            bytes.remove_prefix(8);
            continue;
        }
        const std::size_t length = utf8_length(bytes);
        if (length == 0) {
            return false;
        }
        bytes.remove_prefix(length);
    }
    return true;
}

}  // namespace telex
