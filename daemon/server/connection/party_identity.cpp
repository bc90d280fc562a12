// Party: who the peer is. By what others vouch for when it comes, by what it says in its Hello, and
// again whenever the list of users changes.
#include "server/connection/party.hpp"
#include "wire/errors.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <new>
#include <utility>

namespace telex::server {

namespace {

constexpr int kNonceBytes = 32;

}  // namespace

access::Verdict Party::identify(const access::Evidence& evidence) {
    access::UsersPtr users = listener_.users();
    if (!users) {
        return access::Verdict::known;
    }
    user_ = &access::stranger();
    access::Recognised whom = users->find(evidence, settings_->options().user);
    if (whom.user != nullptr) {
        return become(std::move(users), *whom.user, std::move(whom.mark));
    }
    return owns_daemon() ? become(std::move(users), access::owner(), {}) : access::Verdict::refused;
}

access::Verdict Party::become(access::UsersPtr users, const access::User& user, access::Mark mark) {
    if (!user.may_use(peer_.listener) && !user.may_use(listener_.former_name())) {
        return access::Verdict::refused;
    }
    auto place =
        access::Charge::take(user.usage, &access::Usage::connections, user.limits.max_connections);
    if (!place) {
        return access::Verdict::too_many;
    }
    place_ = *std::move(place);
    users_ = std::move(users);
    user_ = &user;
    mark_ = std::move(mark);
    broker_.record().set_account(user.account_id);
    return access::Verdict::known;
}

// --- credentials --------------------------------------------------------------------------------

std::string Party::make_challenge() {
    challenge_.assign(kNonceBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(challenge_.data()), kNonceBytes) != 1) {
        throw std::bad_alloc();
    }
    return challenge_;
}

void Party::authenticate(const access::Credentials& credentials) {
    using Kind = access::Credentials::Kind;
    const access::UsersPtr users = listener_.users();
    if (!users) {
        conclude(access::Verdict::known);
    } else if (!listener_.may_try(network_, now())) {
        conclude(access::Verdict::busy);
    } else if (credentials.kind != Kind::key && !secrets_are_safe()) {
        conclude(access::Verdict::in_public);
    } else if (credentials.kind == Kind::password) {
        check_password(*users, credentials);
    } else if (credentials.kind == Kind::token) {
        auto whom = users->with_token(credentials.secret);
        conclude(whom.user == nullptr ? "" : whom.user->name, std::move(whom.mark));
    } else {
        auto whom = users->with_key(credentials.public_key);
        const bool proved = whom.user != nullptr && has_signed(credentials);
        conclude(proved ? whom.user->name : "", std::move(whom.mark));
    }
}

bool Party::has_signed(const access::Credentials& credentials) {
    auth::PublicKey key{};
    credentials.public_key.copy(reinterpret_cast<char*>(key.data()), key.size());
    const std::string nonce = std::exchange(challenge_, {});  // good for one attempt
    return !nonce.empty() &&
           auth::signature_fits(
               key, auth::challenge_statement(nonce, channel_binding()), credentials.signature
           );
}

void Party::check_password(const access::Users& users, const access::Credentials& credentials) {
    auto check = users.password_check(credentials.user);
    if (check.hash.empty()) {
        conclude("", {});
        return;
    }
    checked_name_ = check.whom.user == nullptr ? std::string() : check.whom.user->name;
    checked_mark_ = std::move(check.whom.mark);
    // The party may be gone when the answer comes: its number in the shard says so.
    auto done = [&shard = shard_, id = broker_.id()](bool fits) {
        shard.reactor().post([&shard, id, fits] {
            if (exchange::ClientRecord* const record = shard.find(id); record != nullptr) {
                auto& party = static_cast<Party&>(record->client());
                party.conclude(fits ? party.checked_name_ : "", std::move(party.checked_mark_));
            }
        });
    };
    if (!listener_.doorkeeper()->password_checks().submit(
            std::move(check.hash), credentials.secret, std::move(done)
        )) {
        conclude(access::Verdict::busy);
    }
}

void Party::conclude(std::string_view name, access::Mark mark) {
    // The list may have changed since the attempt began.
    access::UsersPtr users = listener_.users();
    const access::User* const user = name.empty() ? nullptr : users->again(name, mark, "");
    if (user == nullptr) {
        listener_.has_failed(network_, now());
        conclude(access::Verdict::refused);
    } else {
        conclude(become(std::move(users), *user, std::move(mark)));
    }
}

void Party::conclude(access::Verdict verdict) {
    session_->on_authenticated(verdict);
    after_authentication();
}

// --- reload -------------------------------------------------------------------------------------

bool Party::review_user() {
    if (user_ == nullptr || user_ == &access::stranger() || user_ == &access::owner()) {
        return true;  // everybody, somebody who has yet to say who it is, or no matter of the list
    }
    access::UsersPtr users = listener_.users();
    const access::User* const user = users->again(user_->name, mark_, settings_->options().user);
    if (user == nullptr || user->account_id != broker_.record().account() ||
        !user->may_use(peer_.listener)) {
        return false;
    }
    user_ = user;
    users_ = std::move(users);  // the old list goes, and the old user with it
    review_subscriptions();
    session_->on_user_changed();
    return true;
}

void Party::review_subscriptions() {
    std::vector<std::uint64_t> revoked;
    for (auto& [id, subscription] : broker_.record().subscriptions()) {
        const access::Permissions& permissions = user_->subscribe;
        const std::string filter = broker_.filter_of(subscription);
        subscription.hides_some = permissions.hides_some_of(filter);
        if (!permissions.allows_filter(filter) ||
            (subscription.hides_some && subscription.group_member != nullptr)) {
            revoked.push_back(id);
        }
    }
    for (const std::uint64_t id : revoked) {
        count_refusal(v1::PERMISSION_DENIED);
        session_->refuse(
            {.code = v1::PERMISSION_DENIED,
             .text = fmt::format("user {} may no longer have this subscription", user_->name),
             .subscription = id}
        );
        broker_.unsubscribe(id);
    }
}

}  // namespace telex::server
