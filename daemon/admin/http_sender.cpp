#include "admin/http_sender.hpp"

#include "access/attempt_limiter.hpp"
#include "admin/rights.hpp"
#include "base/time.hpp"
#include "server/listener/authenticator.hpp"
#include "server/listener/ownership.hpp"

#include <fmt/format.h>

namespace telex::admin {

HttpSender::HttpSender(server::Server& server, const http::Request& request)
    : server_(server), request_(request), users_(server.users()) {}

Result<std::string, http::Refusal> HttpSender::check(
    std::span<const std::string> subjects, bool changes_something
) {
    if (request_.credentials && server::owns_daemon(*request_.credentials)) {
        return access::owner().name;
    }
    const bool is_free = subjects.empty() || (request_.local && !changes_something);
    if (!is_free && users_ != nullptr) {
        if (!user_) {
            user_ = authenticate();
        }
        return user_->and_then([&](const access::User* user) {
            return check_rights(user, subjects).map([&] { return user->name; });
        });
    }
    if (changes_something) {
        return unexpected(http::Refusal{
            403,
            "commands require a user of the configuration, which has none; at a unix socket, root "
            "or the daemon's own user",
            {}
        });
    }
    return std::string();
}

HttpSender::FoundUser HttpSender::authenticate() const {
    if (request_.authorization.empty()) {
        return nullptr;
    }
    server::Authenticator& authenticator = *server_.authenticator();
    const auto now = TimePoint::clock::now();
    // Every process of this host may come from any loopback address.
    const std::string source =
        request_.credentials ? fmt::format("uid-{}", request_.credentials->uid) : std::string();
    const bool may_try = authenticator.with_attempts([&](access::AttemptLimiter& attempts) {
        return attempts.may_try(source, now);
    });
    if (!may_try) {
        return unexpected(http::Refusal{
            429, "too many authentication attempts; try again later", {{"Retry-After", "1"}}
        });
    }
    const FoundUser user = user_of(*users_, request_.authorization);
    if (user ? *user == nullptr : user.error().status == 401) {
        authenticator.with_attempts([&](access::AttemptLimiter& attempts) {
            attempts.has_failed(source, now);
        });
    }
    return user;
}

}  // namespace telex::admin
