#include "auth/nkey.hpp"

#include "auth/wipe.hpp"

#include <openssl/crypto.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace telex::auth {

namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr unsigned kBase32Bits = 5;

// Its first five bits are the letter "U".
constexpr unsigned char kUserPrefix = 20U << 3U;
// Five bits for each letter of "SU".
constexpr std::string_view kSeedPrefix("\x95\x00", 2);

constexpr std::size_t kCrcBytes = 2;
constexpr std::size_t kNkeyChars = 56;      // of 1 + 32 + 2 bytes
constexpr std::size_t kNkeySeedChars = 58;  // of 2 + 32 + 2 bytes

// CRC-16/XMODEM: polynomial 0x1021, which starts with 0.
std::uint16_t crc_of(std::string_view bytes) {
    unsigned crc = 0;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned>(static_cast<unsigned char>(byte)) << 8U;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc << 1U) ^ ((crc & 0x8000U) != 0 ? 0x1021U : 0U);
        }
    }
    return static_cast<std::uint16_t>(crc);
}

void append_crc(std::string& bytes) {
    const std::uint16_t crc = crc_of(bytes);
    bytes += static_cast<char>(crc & 0xFFU);
    bytes += static_cast<char>(crc >> 8U);
}

std::string to_base32(std::string_view bytes) {
    std::string text;
    text.reserve((8 * bytes.size() + kBase32Bits - 1) / kBase32Bits);  // a seed leaves no copies
    unsigned bits = 0;
    unsigned count = 0;
    for (const char byte : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(byte);
        for (count += 8; count >= kBase32Bits; count -= kBase32Bits) {
            text += kBase32[bits >> (count - kBase32Bits) & 31U];
        }
    }
    if (count > 0) {
        text += kBase32[bits << (kBase32Bits - count) & 31U];
    }
    return text;
}

// Returns nullopt if there is another character, or if bits are set that no byte uses.
std::optional<std::string> from_base32(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());  // a seed leaves no copies
    unsigned bits = 0;
    unsigned count = 0;
    for (const char letter : text) {
        const std::size_t value = kBase32.find(letter);
        if (value == std::string_view::npos) {
            wipe(bytes);
            return std::nullopt;
        }
        bits = bits << kBase32Bits | static_cast<unsigned>(value);
        count += kBase32Bits;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(bits >> count & 0xFFU);
        }
    }
    if ((bits & ((1U << count) - 1U)) != 0) {
        wipe(bytes);
        return std::nullopt;
    }
    return bytes;
}

// Decodes a text of the right length and removes its CRC. Returns nullopt if that does not fit.
std::optional<std::string> decode(std::string_view text) {
    auto bytes = from_base32(text);
    if (!bytes) {
        return std::nullopt;
    }
    const auto crc = static_cast<std::uint16_t>(
        static_cast<unsigned char>(bytes->end()[-2]) |
        static_cast<unsigned>(static_cast<unsigned char>(bytes->back())) << 8U
    );
    bytes->resize(bytes->size() - kCrcBytes);
    if (crc != crc_of(*bytes)) {
        wipe(*bytes);
        return std::nullopt;
    }
    return bytes;
}

std::optional<std::string> fault_of_nkey(std::string_view text) {
    if (text.starts_with('S') && text.size() == kNkeySeedChars) {
        return "is a seed, which is secret; the public key is required, which begins with 'U'";
    }
    if (text.size() == kNkeyChars && !text.starts_with('U')) {
        return "is not that of a user: it must begin with 'U'";
    }
    if (text.size() != kNkeyChars) {
        return "must have 56 characters, the first of which is 'U'";
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_seed(std::string_view text) {
    if (text.size() != kNkeySeedChars || !text.starts_with('S')) {
        return "must have 58 characters, the first of which are 'SU'";
    }
    if (!text.starts_with("SU")) {
        return "is not that of a user: it must begin with 'SU'";
    }
    return std::nullopt;
}

}  // namespace

std::string to_nkey(const PublicKey& key) {
    std::string bytes(1, static_cast<char>(kUserPrefix));
    bytes.append(reinterpret_cast<const char*>(key.data()), key.size());
    append_crc(bytes);
    return to_base32(bytes);
}

std::optional<std::string> from_nkey(std::string_view text, PublicKey& key) {
    if (auto fault = fault_of_nkey(text)) {
        return fault;
    }
    const auto bytes = decode(text);
    if (!bytes || static_cast<unsigned char>(bytes->front()) != kUserPrefix) {
        return "is damaged: the checksum does not match";
    }
    bytes->copy(reinterpret_cast<char*>(key.data()), key.size(), 1);
    return std::nullopt;
}

bool looks_like_nkey_seed(std::string_view text) {
    return !fault_of_seed(text) && text.find_first_not_of(kBase32) == std::string_view::npos;
}

std::string to_nkey_seed(const SigningKey& key) {
    auto seed = key.seed();
    std::string bytes;
    bytes.reserve(kSeedPrefix.size() + seed.size() + kCrcBytes);
    bytes += kSeedPrefix;
    bytes.append(reinterpret_cast<const char*>(seed.data()), seed.size());
    ::OPENSSL_cleanse(seed.data(), seed.size());
    append_crc(bytes);
    std::string text = to_base32(bytes);
    wipe(bytes);
    return text;
}

Result<SigningKey, std::string> from_nkey_seed(std::string_view text) {
    if (auto fault = fault_of_seed(text)) {
        return unexpected(*std::move(fault));
    }
    auto bytes = decode(text);
    if (!bytes || !bytes->starts_with(kSeedPrefix)) {
        return unexpected(std::string("is damaged: the checksum does not match"));
    }
    SigningKey::Seed seed{};
    bytes->copy(reinterpret_cast<char*>(seed.data()), seed.size(), kSeedPrefix.size());
    wipe(*bytes);
    SigningKey key = SigningKey::from_seed(seed);
    ::OPENSSL_cleanse(seed.data(), seed.size());
    return key;
}

}  // namespace telex::auth
