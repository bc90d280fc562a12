#pragma once
// Credentials of a client, and the result of checking them.
#include "auth/token.hpp"
#include "auth/wipe.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace telex::access {

// Secrets are overwritten when it goes.
struct Credentials {
    enum class Kind : std::uint8_t {
        password,
        token,
        key,   // signs the challenge and the channel binding
        nkey,  // signs the text of the challenge (auth::nkey_nonce)
    };

    Credentials() = default;
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;

    // Exchanges the secrets: a moved-from string may keep its bytes.
    Credentials(Credentials&& other) noexcept
        : kind(other.kind),
          user(std::move(other.user)),
          public_key(std::move(other.public_key)),
          signature(std::move(other.signature)) {
        secret.swap(other.secret);
    }

    ~Credentials() { auth::wipe(secret); }

    Kind kind = Kind::token;
    std::string user;    // with a password
    std::string secret;  // password or token
    // Of key: 32 and 64 bytes. Of nkey: texts as clients of NATS write them
    // (auth/nkey_signature.hpp).
    std::string public_key;
    std::string signature;
};

enum class [[nodiscard]] AuthResult : std::uint8_t {
    authenticated,
    refused,           // unknown or wrong; not distinguished
    busy,              // too many attempts of this source, or in total
    insecure_channel,  // secrets are not accepted over a connection that others can read
    too_many,          // the user has as many connections as it may
};

}  // namespace telex::access
