#pragma once
// Ed25519 keys (RFC 8032): who holds the private one signs what the exchange has just made up, and
// nothing that is worth stealing crosses the wire or lies in the exchange's file.
//
// Thread: any; constant once made.
#include "base/result.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace telex::auth {

using PublicKey = std::array<unsigned char, 32>;

class SigningKey {
public:
    // Throws std::bad_alloc without memory.
    static SigningKey generate();
    // A PEM file with a private key that is not encrypted (PKCS #8), as `telex keygen` and
    // `openssl genpkey -algorithm ed25519` write it. Errors: texts that name the file.
    [[nodiscard]] static Result<SigningKey, std::string> read(const std::string& file);

    std::string pem() const;
    PublicKey public_key() const;
    // 64 bytes.
    std::string sign(std::string_view statement) const;

private:
    struct Free {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    };

    explicit SigningKey(EVP_PKEY* key) : key_(key) {}

    std::unique_ptr<EVP_PKEY, Free> key_;
};

[[nodiscard]] bool signature_fits(
    const PublicKey& key, std::string_view statement, std::string_view signature
);

// What a client signs: the exchange's nonce, and what binds the answer to this one connection where
// it has TLS (RFC 9266, `tls-exporter`), so that nobody in between can pass it on.
std::string challenge_statement(std::string_view nonce, std::string_view channel_binding);

}  // namespace telex::auth
