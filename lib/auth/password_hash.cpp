#include "auth/password_hash.hpp"

#include "auth/memory_digest.hpp"

#include <sodium.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <new>

namespace telex::auth {

namespace {

// The minimum that OWASP's Password Storage Cheat Sheet recommends for argon2id.
constexpr std::size_t kMemoryBytes = std::size_t{19} << 20U;
constexpr unsigned long long kPasses = 2;

constexpr std::uint32_t kLeastMemoryKiB = 1U << 10U;
constexpr std::uint32_t kMostMemoryKiB = 256U << 10U;
constexpr std::uint32_t kMostPasses = 10;

// Removes "NAME=NUMBER" and the character after it from the front.
bool take_number(std::string_view& text, std::string_view name, char end, std::uint32_t& value) {
    if (!text.starts_with(name)) {
        return false;
    }
    text.remove_prefix(name.size());
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop == text.data() + text.size() || *stop != end) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    return true;
}

// Characters of base64 without padding.
bool is_base64(std::string_view text, std::size_t least, std::size_t most) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return text.size() >= least && text.size() <= most &&
           text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace

std::string hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (::sodium_init() < 0 || ::crypto_pwhash_str_alg(
                                   text.data(),
                                   password.data(),
                                   password.size(),
                                   kPasses,
                                   kMemoryBytes,
                                   crypto_pwhash_ALG_ARGON2ID13
                               ) != 0) {
        throw std::bad_alloc();
    }
    return text.data();
}

bool password_fits(const std::string& hash, std::string_view password) {
    if (is_memory_digest(hash)) {
        return password.size() <= kMaxPasswordBytes && fits_memory_digest(hash, password);
    }
    // The library reads a field of this size.
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (::sodium_init() < 0 || hash.size() >= text.size() || password.size() > kMaxPasswordBytes) {
        return false;
    }
    hash.copy(text.data(), hash.size());
    return ::crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

std::optional<std::string> fault_of_hash(std::string_view hash) {
    std::uint32_t memory = 0;
    std::uint32_t passes = 0;
    std::uint32_t lanes = 0;
    std::string_view rest = hash;
    constexpr std::string_view kHead = "$argon2id$v=19$";
    if (!rest.starts_with(kHead)) {
        return "is not a password hash; `telex passwd` makes one";
    }
    rest.remove_prefix(kHead.size());
    const bool numbers = take_number(rest, "m=", ',', memory) &&
                         take_number(rest, "t=", ',', passes) &&
                         take_number(rest, "p=", '$', lanes);
    const std::size_t middle = rest.find('$');
    // 8 to 64 bytes of salt, 16 to 64 of hash.
    if (!numbers || hash.size() >= crypto_pwhash_STRBYTES || middle == std::string_view::npos ||
        !is_base64(rest.substr(0, middle), 11, 86) || !is_base64(rest.substr(middle + 1), 22, 86)) {
        return "is a hash that was cut or changed";
    }
    if (lanes != 1) {
        return "is a hash with several lanes; only p=1 can be checked";
    }
    if (memory < kLeastMemoryKiB || memory > kMostMemoryKiB || passes < 1 || passes > kMostPasses) {
        return "is a hash that is too cheap or too dear: m must be 1024 to 262144, t 1 to 10";
    }
    return std::nullopt;
}

}  // namespace telex::auth
