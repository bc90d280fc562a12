#include "auth/nkey_signature.hpp"

#include <sodium.h>

#include <cstddef>
#include <utility>

namespace telex::auth {

namespace {

constexpr std::size_t kSignatureBytes = 64;

// The bytes of a text in one variant of base64; nullopt unless it has exactly this form.
std::optional<std::string> from_variant(std::string_view text, int variant) {
    std::string bytes(kSignatureBytes, '\0');
    std::size_t size = 0;
    const bool good = ::sodium_base642bin(
                          reinterpret_cast<unsigned char*>(bytes.data()),
                          bytes.size(),
                          text.data(),
                          text.size(),
                          nullptr,
                          &size,
                          nullptr,
                          variant
                      ) == 0 &&
                      size == bytes.size();
    return good ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace

std::string nkey_nonce(std::string_view challenge) {
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(::sodium_base64_encoded_len(challenge.size(), kVariant), '\0');
    ::sodium_bin2base64(
        text.data(),
        text.size(),
        reinterpret_cast<const unsigned char*>(challenge.data()),
        challenge.size(),
        kVariant
    );
    text.pop_back();  // the NUL
    return text;
}

std::optional<std::string> from_nkey_signature(std::string_view text) {
    auto bytes = from_variant(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return bytes ? bytes : from_variant(text, sodium_base64_VARIANT_ORIGINAL);
}

}  // namespace telex::auth
