#pragma once
// Who may see what over HTTP: by the token that a request shows, as the bus would judge the user.
//
// No token, or nobody's, is 401: another may be tried. A user who may not is 403, and that is the
// end of it.
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
