// What an operator writes to say who somebody is: hashes of passwords, tokens, keys. What is found
// to be right is understood by whoever uses it, and costs no more than it may.
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

// Of "secret", as the seed in the corpus.
constexpr std::string_view kOfSecret =
    "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$GMv1V/a9uBNqF+93SqBH3JLZiqfe1V1xP9SfOSAqqRE";

// Others would take too long to search with.
bool is_cheap(std::string_view hash) {
    return hash.starts_with("$argon2id$v=19$m=1024,t=1,p=1$");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_text("sha256", text);
    check_text("ed25519", text);
    // A right hash is one that can be checked, and nobody has the password of one that was made up.
    if (!telex::auth::fault_of_hash(text) && is_cheap(text) && text != kOfSecret &&
        telex::auth::password_fits(text, "secret")) {
        std::abort();
    }
    return 0;
}
