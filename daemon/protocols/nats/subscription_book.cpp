#include "protocols/nats/subscription_book.hpp"

#include "base/printable.hpp"
#include "protocols/nats/error_text.hpp"
#include "wire/subject.hpp"

#include <string>

namespace telex::session::nats {

namespace {

bool begins_with_wildcard(std::string_view filter) {
    return filter.starts_with('*') || filter.starts_with('>');
}

// Queue groups come into logs and lists, and sids into the lines of deliveries.
bool is_printable(std::string_view name) {
    return printable(name) == name;
}

}  // namespace

bool SubscriptionBook::subscribe(
    NatsOutput& output, std::span<const std::string_view> arguments, bool echo
) {
    if (arguments.size() != 2 && arguments.size() != 3) {
        return false;
    }
    Request request{
        .filter = arguments.front(),
        .queue = arguments.size() == 3 ? arguments[1] : std::string_view(),
        .sid = arguments.back()
    };
    const std::uint64_t known = names_.find(request.sid);
    if (known != 0 && output.broker().has_subscription(known)) {
        output.confirm();  // the first one stays
        return true;
    }
    if (const auto problem = check(output, request)) {
        refuse(output, request, problem->code);
        return true;
    }
    const access::User* const user = output.transport().user();
    // Events of the exchange are for those with the right only; a group cannot hide them.
    const bool sees_reserved = begins_with_wildcard(request.filter) && request.queue.empty();
    beginning_ = &request;
    output.broker().subscribe({
        .id = names_.add(request.sid),
        .filter = std::string(request.filter),
        .queue_group = std::string(request.queue),
        .sees_reserved = sees_reserved,
        .no_echo = !echo,
        .hides_some =
            sees_reserved || (user != nullptr && user->subscribe.hides_some_of(request.filter)),
    });
    beginning_ = nullptr;
    if (!request.refused) {
        output.confirm();
    }
    return true;
}

std::optional<Problem> SubscriptionBook::check(const NatsOutput& output, const Request& request) {
    const SessionOptions& options = output.options();
    const broker::Port& broker = output.broker();
    if (wire::check_filter(request.filter, options.subject)) {
        return Problem{v1::BAD_SUBJECT, {}};
    }
    if (request.queue.size() > wire::kMaxQueueGroupBytes || !is_printable(request.queue)) {
        return Problem{v1::BAD_QUEUE_GROUP, {}};
    }
    if (request.sid.size() > SidNames::kMaxBytes || !is_printable(request.sid)) {
        return Problem{v1::BAD_SUBSCRIPTION, {}};
    }
    if (auto problem = check_reserved_filter(request.filter)) {
        return problem;
    }
    if (broker.subscription_count() >= options.max_subscriptions ||
        broker.patterns_with(request.filter) > options.max_wildcard_patterns) {
        return Problem{v1::TOO_MANY_SUBSCRIPTIONS, {}};
    }
    v1::Subscribe subscribe;
    subscribe.set_filter(std::string(request.filter));
    subscribe.set_queue_group(std::string(request.queue));
    if (const access::User* const user = output.transport().user()) {
        return check_permission(subscribe, *user);
    }
    if (selects_events(request.filter) && !output.transport().owns_daemon()) {
        return Problem{v1::PERMISSION_DENIED, {}};
    }
    return std::nullopt;
}

void SubscriptionBook::refuse(NatsOutput& output, const Request& request, v1::ErrorCode code) {
    std::string text = subscribe_violation(request.filter, request.queue);
    if (code == v1::TOO_MANY_SUBSCRIPTIONS) {
        text += ", too many subscriptions";
    }
    output.refuse(code, text);
}

void SubscriptionBook::on_refused(NatsOutput& output, const Refusal& refusal) {
    names_.remove(refusal.subscription);
    if (beginning_ == nullptr) {
        output.write_error(other_violation(refusal.text));
        return;
    }
    beginning_->refused = true;
    std::string text = subscribe_violation(beginning_->filter, beginning_->queue);
    if (refusal.code == v1::TOO_MANY_SUBSCRIPTIONS) {
        text += ", too many subscriptions";
    } else if (refusal.code == v1::OVER_MEMORY_BUDGET) {
        text += ", no memory left";
    }
    output.write_error(text);
}

bool SubscriptionBook::unsubscribe(
    NatsOutput& output, std::span<const std::string_view> arguments
) {
    if (arguments.empty() || arguments.size() > 2) {
        return false;
    }
    const std::uint64_t id = names_.find(arguments.front());
    if (id != 0 && output.broker().has_subscription(id)) {
        // An argument that is not a number keeps the subscription without a limit, 0 ends it.
        const auto max = arguments.size() == 2 ? parse_size(arguments[1]) : 0;
        if (max && *max == 0) {
            output.broker().unsubscribe(id);
        } else if (max) {
            output.broker().set_max_messages(id, *max);
        }
    }
    output.confirm();
    return true;
}

}  // namespace telex::session::nats
