#pragma once

// ASCII digits, independent of the locale.

namespace telex::codec {

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

// The value of a decimal digit; 10 or more for every other byte.
constexpr unsigned decimal_value(char byte) {
    return static_cast<unsigned>(static_cast<unsigned char>(byte)) - unsigned{'0'};
}

// The value of a hexadecimal digit, in either case; 16 for every other byte.
constexpr unsigned digit_value(char byte) {
    if (is_digit(byte)) {
        return static_cast<unsigned>(byte - '0');
    }
    const char lower = static_cast<char>(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

}  // namespace telex::codec
