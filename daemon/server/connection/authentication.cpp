#include "server/connection/authentication.hpp"

#include <openssl/rand.h>

#include <new>
#include <utility>

namespace telex::server {

namespace {

constexpr int kNonceBytes = 32;

}  // namespace

access::AuthResult Authentication::identify(
    const access::PeerIdentity& peer, bool owner, std::string_view listener
) {
    access::UsersPtr users = slot_.users();
    if (!users) {
        return access::AuthResult::authenticated;
    }
    user_ = &access::anonymous();
    access::Identity found = users->find(peer, listener_user_);
    if (found.user != nullptr) {
        return assume(std::move(users), *found.user, std::move(found.credential), listener);
    }
    return owner ? assume(std::move(users), access::owner(), {}, listener)
                 : access::AuthResult::refused;
}

access::AuthResult Authentication::assume(
    access::UsersPtr users,
    const access::User& user,
    access::CredentialRef credential,
    std::string_view listener
) {
    if (!user.may_use(listener) && !user.may_use(slot_.former_name())) {
        return access::AuthResult::refused;
    }
    auto charge =
        access::Charge::take(user.usage, &access::Usage::connections, user.limits.max_connections);
    if (!charge) {
        return access::AuthResult::too_many;
    }
    charge_ = *std::move(charge);
    users_ = std::move(users);
    user_ = &user;
    credential_ = std::move(credential);
    return access::AuthResult::authenticated;
}

// --- credentials ---------------------------------------------------------------------------------

std::string Authentication::make_challenge() {
    challenge_.assign(kNonceBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(challenge_.data()), kNonceBytes) != 1) {
        throw std::bad_alloc();
    }
    return challenge_;
}

Authentication::Attempt Authentication::attempt(
    const access::Credentials& credentials,
    const Channel& channel,
    std::string_view listener,
    TimePoint now
) {
    const access::UsersPtr users = slot_.users();
    if (!users) {
        return {.result = access::AuthResult::authenticated};
    }
    if (credentials.kind != access::Credentials::Kind::key && !channel.secrets_are_safe) {
        return {.result = access::AuthResult::insecure_channel};
    }
    if (!reserved_turn_) {
        attempt_source_ = attempt_source(credentials);
        const auto turn = slot_.take_turn(attempt_source_, now);
        if (!turn) {
            return {.result = access::AuthResult::busy};
        }
        if (turn->reserved) {
            reserved_turn_ = true;
            return {.turn = turn->at};
        }
    }
    return check(*users, credentials, channel.binding, listener, now);
}

Authentication::Attempt Authentication::check(
    const access::Users& users,
    const access::Credentials& credentials,
    const std::string& binding,
    std::string_view listener,
    TimePoint now
) {
    using Kind = access::Credentials::Kind;
    if (credentials.kind == Kind::password) {
        auto check = users.password_check(credentials.user);
        if (!check.hash.empty()) {
            checked_name_ =
                check.identity.user == nullptr ? std::string() : check.identity.user->name;
            checked_credential_ = std::move(check.identity.credential);
            return {.password_hash = std::move(check.hash)};
        }
        return {.result = finish("", {}, listener, now)};
    }
    const bool is_token = credentials.kind == Kind::token;
    auto found =
        is_token ? users.with_token(credentials.secret) : users.with_key(credentials.public_key);
    const bool proved = found.user != nullptr && (is_token || has_signed(credentials, binding));
    return {
        .result = finish(proved ? found.user->name : "", std::move(found.credential), listener, now)
    };
}

// Without a source of the peer the user name counts, known or not: so one guesser delays at most
// the users whose passwords it guesses. Tokens and keys contain no name.
std::string Authentication::attempt_source(const access::Credentials& credentials) const {
    if (!slot_.attempt_source().empty() ||
        credentials.kind != access::Credentials::Kind::password) {
        return slot_.attempt_source();
    }
    const auth::Digest name = auth::digest_of(credentials.user);
    return "user " + std::string(name.begin(), name.end());
}

bool Authentication::has_signed(
    const access::Credentials& credentials, const std::string& binding
) {
    auth::PublicKey key{};
    credentials.public_key.copy(reinterpret_cast<char*>(key.data()), key.size());
    const std::string nonce = std::exchange(challenge_, {});  // good for one attempt
    return !nonce.empty() &&
           auth::signature_fits(
               key, auth::challenge_statement(nonce, binding), credentials.signature
           );
}

access::AuthResult Authentication::finish(bool fits, std::string_view listener, TimePoint now) {
    const std::string name = std::exchange(checked_name_, {});
    return finish(fits ? name : "", std::move(checked_credential_), listener, now);
}

access::AuthResult Authentication::finish(
    std::string_view name,
    access::CredentialRef credential,
    std::string_view listener,
    TimePoint now
) {
    // The list may have changed since the attempt began.
    access::UsersPtr users = slot_.users();
    const access::User* const user = name.empty() ? nullptr : users->again(name, credential, "");
    if (user == nullptr) {
        slot_.note_failed_attempt(attempt_source_, now, std::exchange(reserved_turn_, false));
        return access::AuthResult::refused;
    }
    reserved_turn_ = false;
    return assume(std::move(users), *user, std::move(credential), listener);
}

// --- reload --------------------------------------------------------------------------------------

bool Authentication::reauthorize(access::AccountId account, std::string_view listener) {
    if (user_ == nullptr || user_ == &access::anonymous() || user_ == &access::owner()) {
        return true;  // the list does not name them
    }
    access::UsersPtr users = slot_.users();
    const access::User* const user = users->again(user_->name, credential_, listener_user_);
    if (user == nullptr || user->account_id != account || !user->may_use(listener)) {
        return false;
    }
    user_ = user;
    users_ = std::move(users);  // releases the old list, and the old user with it
    return true;
}

void Authentication::release() {
    charge_ = access::Charge();
    if (std::exchange(reserved_turn_, false)) {
        slot_.give_back_turn();
    }
}

}  // namespace telex::server
