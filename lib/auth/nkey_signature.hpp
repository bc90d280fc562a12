#pragma once
// The challenge and the signature of an authentication by nkey, as NATS writes them.
//
// Any thread.
#include <optional>
#include <string>
#include <string_view>

namespace telex::auth {

// A challenge as the `nonce` of an INFO of NATS: base64url. A client signs these characters.
std::string nkey_nonce(std::string_view challenge);

// The bytes of a signature as clients of NATS write it, in base64url without padding or in base64
// with padding. Returns nullopt for another text.
std::optional<std::string> from_nkey_signature(std::string_view text);

}  // namespace telex::auth
