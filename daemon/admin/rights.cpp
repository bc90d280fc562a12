#include "admin/rights.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::admin {

namespace {

constexpr std::string_view kBearer = "Bearer ";

using Refusal = unexpected<http::Response>;

Refusal forbidden(const std::string& problem) {
    return Refusal(http::error_response(403, problem));
}

Refusal not_known(std::string_view problem) {
    http::Response refusal = http::error_response(401, problem);
    refusal.fields["WWW-Authenticate"] = "Bearer realm=\"telex\"";
    return Refusal(std::move(refusal));
}

}  // namespace

Result<std::string, http::Response> user_of(
    const access::Users& users,
    const http::Request& request,
    std::span<const std::string_view> subjects
) {
    const std::string_view authorization = request.authorization;
    if (!authorization.starts_with(kBearer)) {
        return not_known(fmt::format(
            "give the token of a user who may publish to {}: Authorization: Bearer TOKEN",
            fmt::join(subjects, " and ")
        ));
    }
    const access::User* const user = users.with_token(authorization.substr(kBearer.size())).user;
    if (user == nullptr) {
        return not_known("no user has this token");
    }
    if (!user->listeners.empty()) {
        return forbidden(fmt::format("user {} may come by its listeners only", user->name));
    }
    for (const std::string_view subject : subjects) {
        if (!user->publish.allows(subject)) {
            return forbidden(fmt::format("user {} may not publish to {}", user->name, subject));
        }
    }
    return user->name;
}

}  // namespace telex::admin
