#pragma once
// The sender of one HTTP request, and what it may do. Its token is checked once, when the first
// right depends on it: each check of a wrong one counts as an attempt.
//
// At a unix socket the permissions of its file protect reading, and the kernel's credentials
// commands.
//
// Owner: the request's handler. Thread: the application's.
#include "access/users.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "server/server.hpp"

#include <optional>
#include <span>
#include <string>

namespace telex::admin {

class HttpSender {
public:
    // Both outlive it.
    HttpSender(server::Server& server, const http::Request& request);

    // Returns the name of the sender, empty without users, or why it may not send a request that
    // requires the right to publish to all `subjects`; none: it requires no right.
    [[nodiscard]] Result<std::string, http::Refusal> check(
        std::span<const std::string> subjects, bool changes_something
    );

private:
    using FoundUser = Result<const access::User*, http::Refusal>;

    [[nodiscard]] FoundUser authenticate() const;

    server::Server& server_;
    const http::Request& request_;
    const access::UsersPtr users_;   // null without users
    std::optional<FoundUser> user_;  // of the token, once it was checked
};

}  // namespace telex::admin
