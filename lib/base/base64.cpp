#include "base/base64.hpp"

#include <array>
#include <cstdint>

namespace telex {
namespace {

constexpr std::string_view kBase64Letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kGroupBytes = 3;
constexpr std::size_t kGroupLetters = 4;
constexpr std::uint8_t kNotALetter = 0xFF;

constexpr std::array<std::uint8_t, 256> kLetterValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNotALetter);
    for (std::size_t value = 0; value < kBase64Letters.size(); ++value) {
        values[static_cast<unsigned char>(kBase64Letters[value])] =
            static_cast<std::uint8_t>(value);
    }
    return values;
}();

// The first `count` bytes as the highest of 24 bits.
std::uint32_t bits_of(const char* bytes, std::size_t count) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kGroupBytes; ++i) {
        const std::uint32_t byte = i < count ? static_cast<unsigned char>(bytes[i]) : 0U;
        bits = bits << 8U | byte;
    }
    return bits;
}

void write_letters(char* out, std::uint32_t bits) {
    for (std::size_t i = 0; i < kGroupLetters; ++i) {
        out[i] = kBase64Letters[bits >> (18U - 6U * i) & 63U];
    }
}

// Reads the first `count` letters of a group. Returns false if there is another character, or if
// bits are set that no byte uses.
bool read_letters(const char* letters, std::size_t count, std::uint32_t& bits) {
    std::uint32_t invalid = 0;
    bits = 0;
    for (std::size_t i = 0; i < kGroupLetters; ++i) {
        const std::uint32_t value =
            i < count ? kLetterValues[static_cast<unsigned char>(letters[i])] : 0U;
        invalid |= value;
        bits = bits << 6U | (value & 63U);
    }
    const std::size_t bytes = count - 1;
    const std::uint32_t unused = bits & (0xFF'FFFFU >> (8U * bytes));
    return invalid < 64U && unused == 0;
}

char* write_bytes(char* out, std::uint32_t bits, std::size_t count) {
    for (; count > 0; --count) {
        *out++ = static_cast<char>(bits >> 16U);
        bits <<= 8U;
    }
    return out;
}

}  // namespace

void append_base64(std::string& out, ByteView bytes) {
    const std::size_t before = out.size();
    out.resize(before + (bytes.size() + kGroupBytes - 1) / kGroupBytes * kGroupLetters, '=');
    char* at = out.data() + before;
    while (bytes.size() >= kGroupBytes) {
        write_letters(at, bits_of(bytes.data(), kGroupBytes));
        bytes.remove_prefix(kGroupBytes);
        at += kGroupLetters;
    }
    if (!bytes.empty()) {
        char letters[kGroupLetters];
        write_letters(letters, bits_of(bytes.data(), bytes.size()));
        for (std::size_t i = 0; i <= bytes.size(); ++i) {
            *at++ = letters[i];
        }
    }
}

std::string to_base64(ByteView bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

char* decode_base64(std::string_view text, char* out) {
    if (text.size() % kGroupLetters != 0) {
        return nullptr;
    }
    while (!text.empty()) {
        std::size_t letters = kGroupLetters;
        if (text.size() == kGroupLetters) {  // the last group
            letters -= text[3] != '=' ? 0U : text[2] != '=' ? 1U : 2U;
        }
        std::uint32_t bits = 0;
        if (!read_letters(text.data(), letters, bits)) {
            return nullptr;
        }
        out = write_bytes(out, bits, letters - 1);
        text.remove_prefix(kGroupLetters);
    }
    return out;
}

}  // namespace telex
