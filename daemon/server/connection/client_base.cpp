#include "server/connection/client_base.hpp"

#include "session/protocol.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace telex::server {

void ClientBase::open_session(bool datagram) {
    session_ = settings_->protocol().make(*this, *this, settings_->session_options(datagram));
}

void ClientBase::subscribe(broker::SubscriptionSpec spec) {
    const access::User* const user = authentication_.user();
    if (user == nullptr) {
        broker_.subscribe(std::move(spec));
        return;
    }
    auto charge = access::Charge::take(
        user->usage, &access::Usage::subscriptions, user->limits.max_subscriptions
    );
    if (!charge) {
        count_refusal(v1::TOO_MANY_SUBSCRIPTIONS);
        session_->refuse(
            {.code = v1::TOO_MANY_SUBSCRIPTIONS,
             .text = fmt::format(
                 "user {} has reached its limit of {} subscriptions",
                 user->name,
                 *user->limits.max_subscriptions
             ),
             .subscription = spec.id}
        );
        return;
    }
    broker_.subscribe(spec, std::make_unique<const access::Charge>(*std::move(charge)));
}

// --- authentication ------------------------------------------------------------------------------

access::AuthResult ClientBase::identify(const access::Evidence& evidence, bool owner) {
    const access::AuthResult result = authentication_.identify(evidence, owner, peer_.listener);
    enter_account();
    return result;
}

// While it has neither subscriptions nor requests.
void ClientBase::enter_account() {
    if (user() != nullptr) {
        broker_.record().set_account(user()->account_id);
    }
}

void ClientBase::authenticate(const access::Credentials& credentials) {
    auto attempt = authentication_.attempt(credentials, channel(), peer_.listener, now());
    if (attempt.result) {
        finish_authentication(*attempt.result);
        return;
    }
    // The client may be gone when the result arrives: then its id is not found.
    auto done = [&shard = shard_, id = broker_.id()](bool fits) {
        shard.reactor().post([&shard, id, fits] {
            if (exchange::ClientRecord* const record = shard.find(id); record != nullptr) {
                static_cast<ClientBase&>(record->client()).finish_password(fits);
            }
        });
    };
    if (!slot_.check_password(
            std::move(attempt.password_hash), credentials.secret, std::move(done)
        )) {
        finish_authentication(access::AuthResult::busy);
    }
}

void ClientBase::finish_password(bool fits) {
    finish_authentication(authentication_.finish(fits, peer_.listener, now()));
}

void ClientBase::finish_authentication(access::AuthResult result) {
    if (result == access::AuthResult::authenticated) {
        enter_account();
    }
    session_->on_authenticated(result);
    after_authentication();
}

// --- reload --------------------------------------------------------------------------------------

bool ClientBase::reauthorize_user() {
    const access::User* const former = user();
    if (!authentication_.reauthorize(broker_.record().account(), peer_.listener)) {
        return false;
    }
    if (user() != former) {
        revoke_subscriptions();
        session_->on_user_changed();
    }
    return true;
}

void ClientBase::revoke_subscriptions() {
    std::vector<std::uint64_t> revoked;
    for (auto& [id, subscription] : broker_.record().subscriptions()) {
        const access::Permissions& permissions = user()->subscribe;
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
             .text = fmt::format("user {} may no longer have this subscription", user()->name),
             .subscription = id}
        );
        broker_.unsubscribe(id);
    }
}

}  // namespace telex::server
