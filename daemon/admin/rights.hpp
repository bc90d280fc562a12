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

// Returns the user of the request's token if it may publish to all `subjects`, else the refusal.
// Users that are confined to some listeners are refused: HTTP is not one of those.
[[nodiscard]] Result<std::string, http::Response> user_of(
    const access::Users& users,
    const http::Request& request,
    std::span<const std::string_view> subjects
);

}  // namespace telex::admin
