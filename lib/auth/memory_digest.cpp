#include "auth/memory_digest.hpp"

#include <sodium.h>

#include <array>
#include <new>

namespace telex::auth {

namespace {

constexpr std::string_view kMemoryHead = "$telex-memory$";
constexpr std::size_t kDigestBytes = 32;

using DigestBytes = std::array<unsigned char, kDigestBytes>;

const DigestBytes& process_key() {
    static const DigestBytes key = [] {
        if (::sodium_init() < 0) {
            throw std::bad_alloc();
        }
        DigestBytes made{};
        ::randombytes_buf(made.data(), made.size());
        return made;
    }();
    return key;
}

}  // namespace

std::string memory_digest(std::string_view password) {
    const DigestBytes& key = process_key();
    DigestBytes digest{};
    // Fails only for sizes out of range.
    (void)::crypto_generichash(
        digest.data(),
        digest.size(),
        reinterpret_cast<const unsigned char*>(password.data()),
        password.size(),
        key.data(),
        key.size()
    );
    std::array<char, 2 * kDigestBytes + 1> digits{};
    ::sodium_bin2hex(digits.data(), digits.size(), digest.data(), digest.size());
    return std::string(kMemoryHead) + digits.data();
}

bool is_memory_digest(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    return text.size() == kMemoryHead.size() + 2 * kDigestBytes && text.starts_with(kMemoryHead) &&
           text.find_first_not_of(kDigits, kMemoryHead.size()) == std::string_view::npos;
}

bool fits_memory_digest(std::string_view digest, std::string_view password) {
    if (!is_memory_digest(digest)) {
        return false;
    }
    const std::string own = memory_digest(password);
    return ::sodium_memcmp(own.data(), digest.data(), own.size()) == 0;
}

}  // namespace telex::auth
