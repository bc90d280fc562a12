#include "protocols/native/subscription_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace telex::session::native {
namespace {

constexpr std::string_view kNotOverDatagrams = "no subscriptions over datagrams";

// A longer delay counts as this one.
constexpr std::chrono::milliseconds kMaxNakDelay = std::chrono::hours(24 * 365);

// The storage asks on its own threads, and later: it gets a copy.
using Right = std::function<bool(std::string_view)>;

// To whole filters: a consumer hides no message from a single member.
Right right_to_subscribe(const access::User* user, bool owns_daemon) {
    if (user == nullptr) {
        return [owns_daemon](std::string_view filter) {
            return owns_daemon || !selects_events(filter);
        };
    }
    return [rights = std::make_shared<const access::Permissions>(user->subscribe)](
               std::string_view filter
           ) { return rights->allows_filter(filter) && !rights->hides_some_of(filter); };
}

Right right_to_publish(const access::User* user) {
    if (user == nullptr) {
        return [](std::string_view) { return true; };
    }
    return [rights = std::make_shared<const access::Permissions>(user->publish
            )](std::string_view subject) { return rights->allows(subject); };
}

}  // namespace

std::optional<Problem> SubscriptionBook::check_id(std::uint64_t id) const {
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
    return std::nullopt;
}

std::optional<Problem> SubscriptionBook::check(const v1::Subscribe& subscribe) const {
    if (auto problem = check_id(subscribe.subscription())) {
        return problem;
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

void SubscriptionBook::receive(const v1::Consume& consume) {
    const std::uint64_t id = consume.subscription();
    if (const auto problem = check_id(id)) {
        output_.report(problem->code, problem->text, id);
        return;
    }
    if (consume.stream().empty() || consume.credit() == 0) {
        output_.report(v1::BAD_CONSUMER, "Consume needs a stream, and a credit above 0", id);
        return;
    }
    const access::User* const user = output_.transport().user();
    starting_.insert(id);
    output_.broker().consume({
        .id = id,
        .stream = consume.stream(),
        .consumer = consume.consumer(),
        .create = consume.create().SerializeAsString(),
        .creates = consume.has_create(),
        .credit = consume.credit(),
        .may_subscribe = right_to_subscribe(user, output_.transport().owns_daemon()),
        .may_publish = right_to_publish(user),
    });
}

void SubscriptionBook::receive(const v1::Acknowledge& acknowledge) {
    const std::uint64_t first = acknowledge.sequence();
    const std::uint64_t last = acknowledge.through() == 0 ? first : acknowledge.through();
    if (output_.options().datagram) {
        output_.report(v1::NOT_ALLOWED_HERE, kNotOverDatagrams, acknowledge.subscription());
        return;
    }
    if (first == 0 || last < first || !v1::Acknowledge::Outcome_IsValid(acknowledge.outcome())) {
        output_.report(
            v1::BAD_REQUEST,
            "Acknowledge needs a sequence, a `through` that is not below it, and a known outcome",
            acknowledge.subscription()
        );
        return;
    }
    const auto most = static_cast<std::uint64_t>(kMaxNakDelay.count());
    output_.broker().acknowledge({
        .subscription = acknowledge.subscription(),
        .first = first,
        .last = last,
        .outcome = acknowledge.outcome(),
        .delay = std::chrono::milliseconds(std::min(acknowledge.delay_ms(), most)),
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
