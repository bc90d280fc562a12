#pragma once
// Permissions over HTTP: those of the user whose token the request contains, as on the bus.
//
// A missing or unknown token is 401: the client may try another one. A user who may not is 403, and
// that is the end of it.
#include "access/users.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

#include <span>
#include <string>
#include <string_view>

namespace telex::admin {

// The user whose token the request shows and who may publish to all `subjects`, or the refusal.
// Users who are confined to some listeners come by those: this is none of them.
[[nodiscard]] Result<std::string, http::Response> user_of(
    const access::Users& users,
    const http::Request& request,
    std::span<const std::string_view> subjects
);

}  // namespace telex::admin
