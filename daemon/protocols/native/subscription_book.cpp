#include "protocols/native/subscription_book.hpp"

#include <fmt/format.h>

namespace telex::session::native {
namespace {

constexpr std::string_view kNotOverDatagrams = "no subscriptions over datagrams";

}  // namespace

std::optional<Problem> SubscriptionBook::check(const v1::Subscribe& subscribe) const {
    const std::uint64_t id = subscribe.subscription();
    if (output_.options().datagram) {
        return Problem{v1::NOT_ALLOWED_HERE, std::string(kNotOverDatagrams)};
    }
    if (id == 0 || output_.broker().has_subscription(id) || ending_.contains(id)) {
        return Problem{
            v1::BAD_SUBSCRIPTION, fmt::format("subscription id {} is zero or in use", id)
        };
    }
    if (output_.broker().subscription_count() >= output_.options().max_subscriptions ||
        ending_.size() >= output_.options().max_subscriptions) {
        return Problem{
            v1::TOO_MANY_SUBSCRIPTIONS,
            fmt::format("the limit is {}", output_.options().max_subscriptions)
        };
    }
    if (auto problem = check_subscribe(subscribe, output_.options())) {
        return problem;
    }
    if (output_.broker().patterns_with(subscribe.filter()) >
        output_.options().max_wildcard_patterns) {
        return Problem{
            v1::TOO_MANY_SUBSCRIPTIONS,
            fmt::format(
                "the wildcards of this connection's filters would be at more than {} different "
                "places (max_wildcard_patterns)",
                output_.options().max_wildcard_patterns
            )
        };
    }
    if (const access::User* const user = output_.transport().user()) {
        return check_permission(subscribe, *user);
    }
    if (selects_events(subscribe.filter()) && !output_.transport().owns_daemon()) {
        return Problem{
            v1::PERMISSION_DENIED,
            "no users are configured: only the owner of the daemon may subscribe to events"
        };
    }
    return std::nullopt;
}

void SubscriptionBook::receive(const v1::Subscribe& subscribe, bool no_echo) {
    const std::uint64_t id = subscribe.subscription();
    if (const auto problem = check(subscribe)) {
        output_.report(problem->code, problem->text, id);
        return;
    }
    const access::User* const user = output_.transport().user();
    starting_.insert(id);
    output_.broker().subscribe({
        .id = id,
        .filter = subscribe.filter(),
        .queue_group = subscribe.queue_group(),
        .slow_policy = subscribe.slow_policy(),
        .credit = subscribe.credit(),
        .max_messages = subscribe.max_messages(),
        .sees_reserved = false,
        .no_echo = no_echo,
        .hides_some = user != nullptr && user->subscribe.hides_some_of(subscribe.filter()),
    });
}

bool SubscriptionBook::is_live(std::uint64_t id) {
    if (output_.options().datagram) {
        output_.report(v1::NOT_ALLOWED_HERE, kNotOverDatagrams, id);
        return false;
    }
    if (id == 0 || !output_.broker().has_subscription(id) || ending_.contains(id)) {
        output_.report(v1::BAD_SUBSCRIPTION, fmt::format("there is no subscription {}", id), id);
        return false;
    }
    return true;
}

void SubscriptionBook::receive(const v1::Unsubscribe& unsubscribe) {
    const std::uint64_t id = unsubscribe.subscription();
    if (is_live(id)) {
        ending_.insert(id);
        output_.broker().unsubscribe(id);
    }
}

void SubscriptionBook::receive(const v1::Credit& credit) {
    const std::uint64_t id = credit.subscription();
    if (is_live(id) && credit.messages() != 0) {
        output_.broker().add_credit(id, credit.messages());
    }
}

void SubscriptionBook::on_subscribed(std::uint64_t id) {
    if (starting_.erase(id)) {
        write_subscribed(id);
    }
}

void SubscriptionBook::on_unsubscribed(
    std::uint64_t id, std::uint64_t delivered, std::uint64_t dropped
) {
    // max_messages may end it before it is active on every reactor.
    on_subscribed(id);
    ending_.erase(id);
    v1::Frame frame;
    frame.mutable_unsubscribed()->set_subscription(id);
    frame.mutable_unsubscribed()->set_delivered(delivered);
    frame.mutable_unsubscribed()->set_dropped(dropped);
    output_.write(frame);
}

void SubscriptionBook::write_subscribed(std::uint64_t id) {
    v1::Frame frame;
    frame.mutable_subscribed()->set_subscription(id);
    output_.write(frame);
}

}  // namespace telex::session::native
