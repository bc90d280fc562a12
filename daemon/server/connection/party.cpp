#include "server/connection/party.hpp"

#include "session/protocol.hpp"

#include <fmt/format.h>

namespace telex::server {

void Party::open_session(bool datagram) {
    session_ = settings_->protocol().make(*this, settings_->session_options(datagram));
}

void Party::publish(const session::Publication& publication) {
    shard_.publish(*this, publication);
}

void Party::request(
    const session::Publication& publication,
    std::uint64_t request_id,
    std::chrono::milliseconds timeout
) {
    shard_.request(*this, publication, request_id, timeout);
}

void Party::subscribe(session::SubscriptionSpec spec) {
    if (user_ == nullptr) {
        shard_.subscribe(*this, spec);
        return;
    }
    auto charge = access::Charge::take(
        user_->usage, &access::Usage::subscriptions, user_->limits.max_subscriptions
    );
    if (!charge) {
        count_refusal(v1::TOO_MANY_SUBSCRIPTIONS);
        session_->refuse(
            {.code = v1::TOO_MANY_SUBSCRIPTIONS,
             .text = fmt::format(
                 "user {} has {} subscriptions, as many as it may",
                 user_->name,
                 *user_->limits.max_subscriptions
             ),
             .subscription = spec.id}
        );
        return;
    }
    shard_.subscribe(*this, spec, std::make_unique<const access::Charge>(*std::move(charge)));
}

bool Party::has_subscription(std::uint64_t id) const {
    return knows_subscription(id);
}

void Party::unsubscribe(std::uint64_t id) {
    shard_.unsubscribe(*this, id);
}

void Party::add_credit(std::uint64_t id, std::uint64_t messages) {
    shard_.add_credit(*this, id, messages);
}

void Party::flush(std::uint64_t id) {
    shard_.flush(*this, id);
}

}  // namespace telex::server
