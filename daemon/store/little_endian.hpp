#pragma once
// Numbers in the byte order of the format, and varints of seven bits per byte, lowest first.
#include "base/bytes.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace telex::store {

template <std::unsigned_integral T>
char* put_little(char* out, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        *out++ = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
    }
    return out;
}

template <std::unsigned_integral T>
T get_little(const char* bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = static_cast<T>(
            value | static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i))
        );
    }
    return value;
}

constexpr std::size_t varint_size(std::uint64_t value) {
    std::size_t size = 1;
    while (value >= 0x80) {
        value >>= 7;
        ++size;
    }
    return size;
}

inline char* put_varint(char* out, std::uint64_t value) {
    while (value >= 0x80) {
        *out++ = static_cast<char>(static_cast<unsigned char>(value | 0x80));
        value >>= 7;
    }
    *out++ = static_cast<char>(value);
    return out;
}

// Takes a varint from the front of the bytes; false if they end in it or it exceeds 64 bits.
inline bool take_varint(ByteView& bytes, std::uint64_t& value) {
    value = 0;
    const std::size_t limit = bytes.size() < 10 ? bytes.size() : 10;
    for (std::size_t i = 0; i < limit; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i == 9 && byte > 1) {
            return false;
        }
        value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            bytes.remove_prefix(i + 1);
            return true;
        }
    }
    return false;
}

// Small numbers of either sign as small unsigned ones.
constexpr std::uint64_t to_zigzag(std::uint64_t difference) {
    return (difference << 1) ^ (0 - (difference >> 63));
}

constexpr std::uint64_t from_zigzag(std::uint64_t value) {
    return (value >> 1) ^ (0 - (value & 1));
}

}  // namespace telex::store
