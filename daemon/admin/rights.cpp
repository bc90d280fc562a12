#include "admin/rights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace telex::admin {

namespace {

using http::Refusal;

unexpected<Refusal> forbidden(std::string problem) {
    return unexpected(Refusal{403, std::move(problem), {}});
}

unexpected<Refusal> not_known(std::string problem) {
    return unexpected(
        Refusal{401, std::move(problem), {{"WWW-Authenticate", "Bearer realm=\"telex\""}}}
    );
}

// The scheme in either case, and one blank or more before the token (RFC 9110, sections 11.1 and
// 11.4).
std::optional<std::string_view> token_of(std::string_view authorization) {
    constexpr std::string_view kScheme = "bearer";
    const std::string_view scheme = authorization.substr(0, kScheme.size());
    const bool is_bearer = std::ranges::equal(scheme, kScheme, [](char given, char wanted) {
        return given == wanted || given == wanted - 'a' + 'A';
    });
    std::string_view token = authorization.substr(scheme.size());
    if (!is_bearer || !token.starts_with(' ')) {
        return std::nullopt;
    }
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    return token;
}

}  // namespace

Result<const access::User*, Refusal> user_of(
    const access::Users& users, std::string_view authorization
) {
    const auto token = token_of(authorization);
    if (!token) {
        return nullptr;
    }
    const access::User* const user = users.with_token(*token).user;
    if (user == nullptr) {
        return not_known("no user has this token");
    }
    if (!user->listeners.empty()) {
        return forbidden(fmt::format("user {} may come by its listeners only", user->name));
    }
    return user;
}

Result<void, Refusal> check_rights(
    const access::User* user, std::span<const std::string> subjects
) {
    if (user == nullptr) {
        return not_known(fmt::format(
            "give the token of a user who may publish to {}: Authorization: Bearer TOKEN",
            fmt::join(subjects, " and ")
        ));
    }
    for (const std::string& subject : subjects) {
        if (!user->publish.allows(subject)) {
            return forbidden(fmt::format("user {} may not publish to {}", user->name, subject));
        }
    }
    return {};
}

}  // namespace telex::admin
