#pragma once
// Ed25519 keys as NATS writes them (https://github.com/nats-io/nkeys): base32 (RFC 4648, 6) without
// padding, of a prefix, 32 bytes and their CRC-16/XMODEM, whose low byte comes first. Keys of users
// only: `U...` is a public key, and `SU...` the seed of a private one.
//
// Any thread.
#include "auth/signing_key.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace telex::auth {

// "U" and 55 further characters.
std::string to_nkey(const PublicKey& key);
// The error says what is wrong, to follow the text. A single wrong character is always detected.
[[nodiscard]] std::optional<std::string> from_nkey(std::string_view text, PublicKey& key);

// Returns true for a text with the form of a seed, damaged or not: it must not be sent as a token.
[[nodiscard]] bool looks_like_nkey_seed(std::string_view text);

// "SU" and 56 further characters: the secret.
std::string to_nkey_seed(const SigningKey& key);
// Errors as of from_nkey; they do not contain the text.
[[nodiscard]] Result<SigningKey, std::string> from_nkey_seed(std::string_view text);

}  // namespace telex::auth
