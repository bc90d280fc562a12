#pragma once
// Ed25519 keys (RFC 8032): the client signs a nonce of the exchange with its private key. No secret
// crosses the wire or is stored by the exchange.
//
// Any thread; immutable.
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
    // Throws std::bad_alloc.
    static SigningKey generate();
    // The private key of RFC 8032, of which all others are derived.
    using Seed = std::array<unsigned char, 32>;

    // Throws std::bad_alloc.
    static SigningKey from_seed(const Seed& seed);
    // Reads a PEM file with an unencrypted private key (PKCS #8), as written by `telex keygen` and
    // `openssl genpkey -algorithm ed25519`, or a file with a seed of NATS (nkey.hpp), as written by
    // `telex keygen --nkey`. Errors name the file.
    [[nodiscard]] static Result<SigningKey, std::string> read(const std::string& file);

    std::string pem() const;
    // The caller overwrites it.
    Seed seed() const;
    PublicKey public_key() const;
    // 64 bytes.
    std::string sign(std::string_view statement) const;

private:
    struct Free {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    };

    explicit SigningKey(EVP_PKEY* key) : key_(key) {}

    [[nodiscard]] static Result<SigningKey, std::string> from_pem(std::string_view text);

    std::unique_ptr<EVP_PKEY, Free> key_;
};

[[nodiscard]] bool signature_fits(
    const PublicKey& key, std::string_view statement, std::string_view signature
);

// The statement that a client signs: the exchange's nonce and, with TLS, the channel binding (RFC
// 9266, `tls-exporter`), so that a man in the middle cannot forward the signature.
std::string challenge_statement(std::string_view nonce, std::string_view channel_binding);

}  // namespace telex::auth
