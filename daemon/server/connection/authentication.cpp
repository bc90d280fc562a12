#include "server/connection/authentication.hpp"

#include "auth/nkey.hpp"
#include "auth/nkey_signature.hpp"

#include <openssl/rand.h>

#include <new>
#include <utility>

namespace telex::server {

namespace {

constexpr int kNonceBytes = 32;

// The source that a failure of these credentials counts for (access::AttemptLimiter). Without a
// source of the peer the user name counts, known or not: so one guesser delays at most the users
// whose passwords it guesses. Tokens and keys contain no name.
std::string source_of(const access::Credentials& credentials, const std::string& of_peer) {
    if (!of_peer.empty() || credentials.kind != access::Credentials::Kind::password) {
        return of_peer;
    }
    const auth::Digest name = auth::digest_of(credentials.user);
    return "user " + std::string(name.begin(), name.end());
}

// Its reader can use it.
bool is_secret(access::Credentials::Kind kind) {
    return kind == access::Credentials::Kind::password || kind == access::Credentials::Kind::token;
}

// The bytes of the key; empty if there is none.
std::string public_key_of(const access::Credentials& credentials) {
    if (credentials.kind != access::Credentials::Kind::nkey) {
        return credentials.public_key;
    }
    auth::PublicKey key{};
    if (auth::from_nkey(credentials.public_key, key)) {
        return {};
    }
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace

access::AuthResult Authentication::identify(
    const access::PeerIdentity& peer, bool owner, const Entry& entry
) {
    access::UsersPtr users = entry.slot.users();
    if (!users) {
        return access::AuthResult::authenticated;
    }
    user_ = &access::anonymous();
    access::Identity found = users->find(peer, entry.listener_user);
    if (found.user != nullptr) {
        return assume(std::move(users), *found.user, std::move(found.credential), entry);
    }
    return owner ? assume(std::move(users), access::owner(), {}, entry)
                 : access::AuthResult::refused;
}

access::AuthResult Authentication::assume(
    access::UsersPtr users,
    const access::User& user,
    access::CredentialRef credential,
    const Entry& entry
) {
    if (!user.may_use(entry.listener) && !user.may_use(entry.slot.former_name())) {
        return access::AuthResult::refused;
    }
    auto charge =
        access::Charge::take(user.usage, &access::Usage::connections, user.limits.max_connections);
    if (!charge) {
        return access::AuthResult::too_many;
    }
    user_ = &user;
    admitted_ =
        std::make_unique<Admitted>(std::move(users), std::move(credential), *std::move(charge));
    return access::AuthResult::authenticated;
}

// --- credentials ---------------------------------------------------------------------------------

std::string Authentication::make_challenge() {
    std::string challenge(kNonceBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(challenge.data()), kNonceBytes) != 1) {
        throw std::bad_alloc();
    }
    pending().challenge = challenge;
    return challenge;
}

Authentication::Pending& Authentication::pending() {
    if (!pending_) {
        pending_ = std::make_unique<Pending>();
    }
    return *pending_;
}

Authentication::Attempt Authentication::attempt(
    const access::Credentials& credentials,
    const Channel& channel,
    const Entry& entry,
    TimePoint now
) {
    const access::UsersPtr users = entry.slot.users();
    if (!users) {
        return {.result = access::AuthResult::authenticated};
    }
    if (is_secret(credentials.kind) && !channel.secrets_are_safe) {
        return {.result = access::AuthResult::insecure_channel};
    }
    if (!pending().reserved_turn) {
        pending_->source = source_of(credentials, channel.attempt_source);
        const auto turn = entry.slot.take_turn(pending_->source, now);
        if (!turn) {
            return {.result = access::AuthResult::busy};
        }
        if (turn->reserved) {
            pending_->reserved_turn = true;
            return {.turn = turn->at};
        }
    }
    return check(*users, credentials, channel.binding, entry, now);
}

Authentication::Attempt Authentication::check(
    const access::Users& users,
    const access::Credentials& credentials,
    const std::string& binding,
    const Entry& entry,
    TimePoint now
) {
    using Kind = access::Credentials::Kind;
    if (credentials.kind == Kind::password) {
        auto check = users.password_check(credentials.user);
        if (!check.hash.empty()) {
            pending_->checked_name =
                check.identity.user == nullptr ? std::string() : check.identity.user->name;
            pending_->checked_credential = std::move(check.identity.credential);
            return {.password_hash = std::move(check.hash)};
        }
        return {.result = finish("", {}, entry, now)};
    }
    const bool is_token = credentials.kind == Kind::token;
    const std::string key = public_key_of(credentials);
    auto found = is_token ? users.with_token(credentials.secret) : users.with_key(key);
    const bool proved =
        found.user != nullptr && (is_token || has_signed(key, credentials, binding));
    return {
        .result = finish(proved ? found.user->name : "", std::move(found.credential), entry, now)
    };
}

bool Authentication::has_signed(
    std::string_view public_key, const access::Credentials& credentials, const std::string& binding
) {
    auth::PublicKey key{};
    public_key.copy(reinterpret_cast<char*>(key.data()), key.size());
    const std::string nonce = std::exchange(pending_->challenge, {});  // good for one attempt
    if (nonce.empty()) {
        return false;
    }
    if (credentials.kind == access::Credentials::Kind::key) {
        const std::string statement = auth::challenge_statement(nonce, binding);
        return auth::signature_fits(key, statement, credentials.signature);
    }
    const auto signature = auth::from_nkey_signature(credentials.signature);
    return signature && auth::signature_fits(key, auth::nkey_nonce(nonce), *signature);
}

access::AuthResult Authentication::finish(bool fits, const Entry& entry, TimePoint now) {
    const std::string name = std::move(pending_->checked_name);
    return finish(fits ? name : "", std::move(pending_->checked_credential), entry, now);
}

access::AuthResult Authentication::finish(
    std::string_view name, access::CredentialRef credential, const Entry& entry, TimePoint now
) {
    const std::unique_ptr<const Pending> attempt = std::move(pending_);
    // The list may have changed since the attempt began.
    access::UsersPtr users = entry.slot.users();
    const access::User* const user = name.empty() ? nullptr : users->again(name, credential, "");
    if (user == nullptr) {
        entry.slot.note_failed_attempt(attempt->source, now, attempt->reserved_turn);
        return access::AuthResult::refused;
    }
    return assume(std::move(users), *user, std::move(credential), entry);
}

// --- reload --------------------------------------------------------------------------------------

bool Authentication::reauthorize(access::AccountId account, const Entry& entry) {
    if (user_ == nullptr || user_ == &access::anonymous() || user_ == &access::owner()) {
        return true;  // the list does not name them
    }
    access::UsersPtr users = entry.slot.users();
    const access::User* const user =
        users->again(user_->name, admitted_->credential, entry.listener_user);
    if (user == nullptr || user->account_id != account || !user->may_use(entry.listener)) {
        return false;
    }
    user_ = user;
    admitted_->users = std::move(users);  // releases the old list, and the old user with it
    return true;
}

void Authentication::release(ListenerSlot& slot) {
    if (admitted_) {
        admitted_->charge = access::Charge();
    }
    if (pending_ && std::exchange(pending_->reserved_turn, false)) {
        slot.give_back_turn();
    }
}

}  // namespace telex::server
