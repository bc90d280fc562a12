#pragma once

// ASCII digits, independent of the locale.

namespace telex::codec {

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

}  // namespace telex::codec
