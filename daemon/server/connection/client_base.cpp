#include "server/connection/client_base.hpp"

#include "server/connection/attempt_source.hpp"
#include "session/protocol.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::server {

void ClientBase::open_session(bool datagram) {
    session_ = settings_->protocol().make(*this, *this, settings_->session_options(datagram));
}

bool ClientBase::may_block() const {
    const SlowConsumerOptions& options = settings_->options().slow_consumer;
    if (options.policy == v1::SLOW_POLICY_BLOCK) {
        return true;  // every subscription without a policy has it
    }
    const access::User* const user = authentication_.user();
    if (user == nullptr) {
        return options.allow_block.value_or(true);
    }
    return user->allow_block.value_or(options.allow_block.value_or(false));
}

void ClientBase::refuse_subscription(std::uint64_t id, v1::ErrorCode code, std::string text) {
    count_refusal(code);
    session_->refuse({.code = code, .text = std::move(text), .subscription = id});
}

void ClientBase::subscribe(broker::SubscriptionSpec spec) {
    const access::User* const user = authentication_.user();
    if (spec.slow_policy == v1::SLOW_POLICY_BLOCK && !may_block()) {
        refuse_subscription(
            spec.id,
            v1::PERMISSION_DENIED,
            user == nullptr
                ? std::string("subscriptions on this listener may not block publishers")
                : fmt::format("user {} may not block publishers (allow_block)", user->name)
        );
        return;
    }
    if (user == nullptr) {
        broker_.subscribe(std::move(spec));
        return;
    }
    if (auto charge = charge_subscription(*user, spec.id)) {
        broker_.subscribe(spec, std::move(charge));
    }
}

std::unique_ptr<const access::Charge> ClientBase::charge_subscription(
    const access::User& user, std::uint64_t id
) {
    auto charge = access::Charge::take(
        user.usage, &access::Usage::subscriptions, user.limits.max_subscriptions
    );
    if (!charge) {
        refuse_subscription(
            id,
            v1::TOO_MANY_SUBSCRIPTIONS,
            fmt::format(
                "user {} has reached its limit of {} subscriptions",
                user.name,
                *user.limits.max_subscriptions
            )
        );
        return nullptr;
    }
    return std::make_unique<const access::Charge>(*std::move(charge));
}

void ClientBase::consume(broker::ConsumeSpec spec) {
    const access::User* const user = authentication_.user();
    if (user == nullptr) {
        broker_.consume(std::move(spec));
    } else if (auto charge = charge_subscription(*user, spec.id)) {
        broker_.consume(std::move(spec), std::move(charge));
    }
}

// --- authentication ------------------------------------------------------------------------------

access::AuthResult ClientBase::identify(const access::PeerIdentity& peer, bool owner) {
    const access::AuthResult result = authentication_.identify(peer, owner, entry());
    enter_account();
    return result;
}

// While it has neither subscriptions nor requests.
void ClientBase::enter_account() {
    if (user() != nullptr) {
        broker_.record().set_account(user()->account_id, user()->usage);
    }
}

void ClientBase::authenticate(access::Credentials credentials) {
    Authentication::Channel by = channel();
    by.attempt_source = attempt_source_of(peer_.host());
    auto attempt = authentication_.attempt(credentials, by, entry(), now());
    if (attempt.turn) {
        wait_for_turn(*attempt.turn, std::move(credentials));
        return;
    }
    if (attempt.result) {
        finish_authentication(*attempt.result);
        return;
    }
    // The client may be gone when the result arrives: then its id is not found.
    auto done = [&shard = shard(), id = broker_.id()](bool fits) {
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
    finish_authentication(authentication_.finish(fits, entry(), now()));
}

void ClientBase::finish_authentication(access::AuthResult result) {
    if (result == access::AuthResult::authenticated) {
        enter_account();
    }
    session_->on_authenticated(result);
    after_authentication();
}

// --- reload --------------------------------------------------------------------------------------

// The storage has a copy of the rights of its members.
ClientBase::Rights ClientBase::rights_of_members() const {
    if (broker_.record().member_count() == 0 || user() == nullptr) {
        return {};
    }
    return {user()->subscribe, user()->publish};
}

ClientBase::Reauthorized ClientBase::reauthorize_user() {
    const access::User* const former = user();
    const Rights rights = rights_of_members();
    if (!authentication_.reauthorize(broker_.record().account(), entry())) {
        return Reauthorized::refused;
    }
    if (user() == former) {
        return Reauthorized::unchanged;
    }
    session_->on_user_changed();
    if (rights != rights_of_members()) {
        broker_.refuse_members(v1::PERMISSION_DENIED, "the permissions of the user have changed");
    }
    return Reauthorized::changed;
}

bool ClientBase::review_subscriptions(std::uint64_t& after) {
    reactor::WorkMeter& work = shard().reactor().work();
    auto& subscriptions = broker_.record().subscriptions();
    do {
        const auto next = subscriptions.upper_bound(after);
        if (next == subscriptions.end()) {
            return true;
        }
        after = next->first;
        work.add(reactor::work::kListEntry);
        review(next->first, next->second);
    } while (!work.slice_is_over());
    return false;
}

void ClientBase::review(std::uint64_t id, exchange::ActiveSubscription& subscription) {
    const access::Permissions& permissions = user()->subscribe;
    const std::string filter = broker_.filter_of(subscription);
    // Permissions such as `>` do not include reserved subjects.
    subscription.hides_some = subscription.sees_reserved || permissions.hides_some_of(filter);
    if (permissions.allows_filter(filter) &&
        (subscription.slow_policy != v1::SLOW_POLICY_BLOCK || may_block()) &&
        !(subscription.hides_some && subscription.group_member != nullptr)) {
        return;
    }
    refuse_subscription(
        id,
        v1::PERMISSION_DENIED,
        fmt::format("user {} may no longer have this subscription", user()->name)
    );
    broker_.unsubscribe(id);
}

}  // namespace telex::server
