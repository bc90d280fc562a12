#pragma once
// Protobuf varints: seven bits per byte, the lowest first.
#include <bit>
#include <cstddef>
#include <cstdint>

namespace telex::wire {

inline constexpr std::size_t kMaxVarintBytes = 10;

// Encoded size of `value`: 1 to 10 bytes.
constexpr std::size_t varint_size(std::uint64_t value) {
    return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

// Writes at most kMaxVarintBytes; returns the number of bytes written.
inline std::size_t write_varint(char* out, std::uint64_t value) {
    std::size_t size = 0;
    while (value >= 0x80) {
        out[size++] = static_cast<char>((value & 0x7FU) | 0x80U);
        value >>= 7U;
    }
    out[size++] = static_cast<char>(value);
    return size;
}

}  // namespace telex::wire
