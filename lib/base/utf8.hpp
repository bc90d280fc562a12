#pragma once
// UTF-8 by RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF.
//
// Subjects and header values are nearly always ASCII: that case is decided inline, eight bytes per
// step; the rest out of line.
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace telex {

namespace detail {

inline constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080U;

inline std::uint64_t load_eight(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

inline std::uint32_t load_four(const char* bytes) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

bool is_utf8_slow(ByteView bytes);

}  // namespace detail

// Returns true if no byte is above 0x7F.
inline bool is_ascii(ByteView bytes) {
    const char* const data = bytes.data();
    const std::size_t size = bytes.size();
    if (size < 8) {
        if (size >= 4) {
            const std::uint32_t seen = detail::load_four(data) | detail::load_four(data + size - 4);
            return (seen & static_cast<std::uint32_t>(detail::kHighBits)) == 0;
        }
        unsigned char seen = 0;
        for (const char byte : bytes) {
            seen |= static_cast<unsigned char>(byte);
        }
        return seen < 0x80;
    }
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        seen |= detail::load_eight(data + at);
    }
    seen |= detail::load_eight(data + size - 8);  // the rest, overlapping bytes already checked
    return (seen & detail::kHighBits) == 0;
}

inline bool is_utf8(ByteView bytes) {
    return is_ascii(bytes) || detail::is_utf8_slow(bytes);
}

// Length in bytes (1 to 4) of the character at the start of `bytes`; 0 if there is no valid one.
std::size_t utf8_length(ByteView bytes);

}  // namespace telex
