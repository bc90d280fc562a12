#pragma once
// Credentials of a client, and the result of checking them.
#include "auth/token.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace telex::access {

// Secrets are overwritten when it goes.
struct Credentials {
    enum class Kind : std::uint8_t { password, token, key };

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
    std::string user;        // with a password
    std::string secret;      // password or token
    std::string public_key;  // key, and the signature of the challenge
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
