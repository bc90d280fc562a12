// Password hashes, tokens and keys of a configuration. Accepted values can be used, and their cost
// is within the limits.
#include "auth/nkey.hpp"
#include "auth/nkey_signature.hpp"
#include "auth/password_hash.hpp"
#include "auth/token.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

void check_text(std::string_view name, std::string_view text) {
    std::array<unsigned char, 32> bytes{};
    const auto fault = telex::auth::from_text(name, text, bytes);
    const std::string written = telex::auth::to_text(name, bytes);
    if (!fault && lower(std::string(text)) != written) {
        std::abort();
    }
}

// Hash of "secret", like the seed in the corpus.
constexpr std::string_view kOfSecret =
    "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$GMv1V/a9uBNqF+93SqBH3JLZiqfe1V1xP9SfOSAqqRE";

// Each key of NATS has one text.
void check_nkey(std::string_view text) {
    telex::auth::PublicKey key{};
    if (!telex::auth::from_nkey(text, key) && telex::auth::to_nkey(key) != text) {
        std::abort();
    }
    const auto seed = telex::auth::from_nkey_seed(text);
    const bool is_one = telex::auth::looks_like_nkey_seed(text);
    if (seed && (!is_one || telex::auth::to_nkey_seed(*seed) != text)) {
        std::abort();
    }
    const auto signature = telex::auth::from_nkey_signature(text);
    if (signature && signature->size() != 64) {
        std::abort();
    }
}

// Others would slow the fuzzer down.
bool is_cheap(std::string_view hash) {
    return hash.starts_with("$argon2id$v=19$m=1024,t=1,p=1$");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_text("sha256", text);
    check_text("ed25519", text);
    check_nkey(text);
    // A valid hash can be checked; no password matches a random one.
    if (!telex::auth::fault_of_hash(text) && is_cheap(text) && text != kOfSecret &&
        telex::auth::password_fits(text, "secret")) {
        std::abort();
    }
    return 0;
}
