#include "codec/fcs.hpp"

#include <array>

namespace telex::codec {

namespace {

constexpr std::uint16_t kPolynomial = 0x8408;  // reversed: x^16 + x^12 + x^5 + 1

constexpr auto kRemainders = [] {
    std::array<std::uint16_t, 256> remainders{};
    for (unsigned byte = 0; byte < remainders.size(); ++byte) {
        unsigned remainder = byte;
        for (int bit = 0; bit < 8; ++bit) {
            remainder = (remainder & 1U) != 0 ? (remainder >> 1U) ^ kPolynomial : remainder >> 1U;
        }
        remainders[byte] = static_cast<std::uint16_t>(remainder);
    }
    return remainders;
}();

}  // namespace

std::uint16_t fcs16(ByteView content) {
    unsigned value = 0xFFFF;
    for (const char byte : content) {
        value = (value >> 8U) ^ kRemainders[(value ^ static_cast<unsigned char>(byte)) & 0xFFU];
    }
    return static_cast<std::uint16_t>(~value);
}

}  // namespace telex::codec
