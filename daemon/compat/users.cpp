#include "compat/users.hpp"

#include "auth/memory_digest.hpp"
#include "auth/password_hash.hpp"
#include "auth/token.hpp"
#include "auth/wipe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace telex::compat {

namespace {

bool is_bcrypt(std::string_view password) {
    constexpr std::array<std::string_view, 4> kHeads{"$2a$", "$2b$", "$2x$", "$2y$"};
    return std::any_of(kHeads.begin(), kHeads.end(), [&](std::string_view head) {
        return password.starts_with(head);
    });
}

std::optional<std::string> settle_password(Setting& password) {
    if (is_bcrypt(password.text)) {
        return "hashes of bcrypt cannot be checked; `telex passwd` makes a hash of the password";
    }
    if (password.text.size() > auth::kMaxPasswordBytes) {
        return fmt::format("passwords have at most {} bytes", auth::kMaxPasswordBytes);
    }
    if (!password.text.starts_with("$argon2id$")) {
        std::string digest = auth::memory_digest(password.text);
        auth::wipe(password.text);
        password.text = std::move(digest);
    }
    return std::nullopt;
}

std::optional<std::string> settle_token(UserDraft& user) {
    if (user.token.text.size() > auth::kMaxTokenBytes) {
        return fmt::format("tokens have at most {} bytes", auth::kMaxTokenBytes);
    }
    user.name = {"token", user.token.at};
    std::string digest = auth::to_text("sha256", auth::digest_of(user.token.text));
    auth::wipe(user.token.text);
    user.token.text = std::move(digest);
    return std::nullopt;
}

}  // namespace

std::optional<std::string> settle_user(UserDraft& user) {
    const bool with_name = !user.name.text.empty() || !user.password.text.empty();
    const int kinds =
        (with_name ? 1 : 0) + (user.token.text.empty() ? 0 : 1) + (user.nkey.text.empty() ? 0 : 1);
    if (kinds != 1) {
        return "a user has a name and a password, or a token, or an nkey";
    }
    if (!user.token.text.empty()) {
        return settle_token(user);
    }
    if (!user.nkey.text.empty()) {
        user.name = user.nkey;
        return std::nullopt;
    }
    if (user.name.text.empty() || user.password.text.empty()) {
        return "a user needs a name and a password";
    }
    return settle_password(user.password);
}

}  // namespace telex::compat
