#pragma once
// Permissions over HTTP: those of the user whose token the request contains, as on the bus.
//
// A missing or unknown token is 401: the client may try another one. A missing right is 403, which
// is final.
#include "access/users.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

#include <span>
#include <string>
#include <string_view>

namespace telex::admin {

// Returns the user of a token in an Authorization field, or null if the field has no token. Refuses
// unknown tokens, and users that are confined to some listeners: HTTP is not one of those.
[[nodiscard]] Result<const access::User*, http::Refusal> user_of(
    const access::Users& users, std::string_view authorization
);

// Refuses a user that may not publish to all `subjects`. `user`: null without a token.
[[nodiscard]] Result<void, http::Refusal> check_rights(
    const access::User* user, std::span<const std::string> subjects
);

}  // namespace telex::admin
