#pragma once
// Users of nats-server as users of the daemon.
#include "compat/draft.hpp"

#include <optional>
#include <string>

namespace telex::compat {

// Replaces the secret by what is compared: a password by a digest of this process
// (auth/memory_digest.hpp), a token by its SHA-256. Gives users with a token or nkey a name.
// Returns what is wrong with the user, without its secrets.
[[nodiscard]] std::optional<std::string> settle_user(UserDraft& user);

}  // namespace telex::compat
