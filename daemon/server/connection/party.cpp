#include "server/connection/party.hpp"

#include "session/protocol.hpp"

#include <fmt/format.h>

namespace telex::server {

void Party::open_session(bool datagram) {
    session_ = settings_->protocol().make(*this, *this, settings_->session_options(datagram));
}

void Party::publish(const session::Publication& publication) {
    broker_.publish(publication);
}

void Party::publish_with(
    const broker::Publication& publication, const broker::PublishOptions& options
) {
    broker_.publish_with(publication, options);
}

void Party::request(
    const session::Publication& publication,
    std::uint64_t request_id,
    std::chrono::milliseconds timeout
) {
    broker_.request(publication, request_id, timeout);
}

void Party::subscribe(session::SubscriptionSpec spec) {
    if (user_ == nullptr) {
        broker_.subscribe(std::move(spec));
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
    broker_.subscribe(spec, std::make_unique<const access::Charge>(*std::move(charge)));
}

void Party::unsubscribe(std::uint64_t id) {
    broker_.unsubscribe(id);
}

void Party::add_credit(std::uint64_t id, std::uint64_t messages) {
    broker_.add_credit(id, messages);
}

void Party::set_max_messages(std::uint64_t id, std::uint64_t messages) {
    broker_.set_max_messages(id, messages);
}

void Party::set_credit(std::uint64_t id, std::uint64_t messages) {
    broker_.set_credit(id, messages);
}

void Party::flush(std::uint64_t id) {
    broker_.flush(id);
}

}  // namespace telex::server
