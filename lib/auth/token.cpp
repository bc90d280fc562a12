#include "auth/token.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <new>

namespace telex::auth {

std::string make_token() {
    if (::sodium_init() < 0) {
        throw std::bad_alloc();
    }
    std::array<unsigned char, 32> random{};
    ::randombytes_buf(random.data(), random.size());
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<char, sodium_base64_ENCODED_LEN(random.size(), kVariant)> text{};
    ::sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), kVariant);
    return std::string("telex_") + text.data();
}

Digest digest_of(std::string_view secret) {
    Digest digest{};
    ::SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
    return digest;
}

bool same_digest(const Digest& left, const Digest& right) {
    return ::CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string to_text(std::string_view name, const std::array<unsigned char, 32>& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(name);
    text += ':';
    for (const unsigned char byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

std::optional<std::string> from_text(
    std::string_view name, std::string_view text, std::array<unsigned char, 32>& bytes
) {
    const std::string head = std::string(name) + ":";
    if (!text.starts_with(head)) {
        return "does not begin with '" + head + "'";
    }
    text.remove_prefix(head.size());
    std::size_t length = 0;
    const bool good =
        text.size() == 2 * bytes.size() &&
        ::sodium_hex2bin(
            bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr
        ) == 0 &&
        length == bytes.size();
    return good ? std::nullopt
                : std::optional("must have 64 hexadecimal digits behind '" + head + "'");
}

bool is_safe_key(const std::array<unsigned char, 32>& key) {
    return ::crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

}  // namespace telex::auth
