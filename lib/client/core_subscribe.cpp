// What application threads do with subscriptions.
#include "client/core.hpp"
#include "wire/subject.hpp"

#include <utility>

namespace telex::client {
namespace {

using SubPhase = SubscriptionState::Phase;

std::optional<Error> check(std::string_view filter, const SubscribeOptions& options) {
    if (const auto error = wire::check_filter(filter, wire::kNoSubjectLimits)) {
        return Error{
            Errc::bad_subject,
            "filter '" + std::string(filter) + "' " + std::string(wire::text_of(*error))
        };
    }
    if (!options.queue_group.empty() && wire::check_queue_group(options.queue_group)) {
        return Error{Errc::bad_queue_group, "'" + options.queue_group + "' is no queue group"};
    }
    if (options.credit.value_or(1) == 0 || options.max_messages.value_or(1) == 0 ||
        options.max_pending_messages == 0 || options.max_pending_bytes == 0) {
        return Error{Errc::invalid_argument, "a limit in SubscribeOptions is zero"};
    }
    return std::nullopt;
}

}  // namespace

Expected<Subscription> Core::subscribe(
    std::string_view filter, MessageHandler handler, const SubscribeOptions& options
) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (auto error = check(filter, options)) {
        return tl::unexpected(*std::move(error));
    }
    std::unique_lock lock(mutex_);
    if (!is_open()) {
        return tl::unexpected(closed_error());
    }
    if (draining_) {
        return tl::unexpected(Error{Errc::draining, "the client drains"});
    }
    const auto subscription = std::make_shared<SubscriptionState>(
        ++last_subscription_, std::string(filter), std::move(handler), options, weak_from_this()
    );
    subscriptions_.emplace(subscription->id(), subscription);
    if (phase_ == Phase::connected) {
        append_subscribe(outbox_.pending(), *subscription->frame_for_new_connection());
        wake();
    }
    if (options.wait) {
        if (auto made = wait_made(lock, subscription); !made) {
            lock.unlock();
            unsubscribe(subscription);
            return tl::unexpected(std::move(made.error()));
        }
    }
    return Subscription(weak_from_this(), subscription);
}

Expected<void> Core::wait_made(
    std::unique_lock<std::mutex>& lock, const SubscriptionPtr& subscription
) {
    const bool decided =
        changed_.wait_until(lock, deadline_after(subscription->options().timeout), [&] {
            return subscription->phase() != SubPhase::wanted;
        });
    if (!decided) {
        return tl::unexpected(Error{
            Errc::timed_out, "the subscription to " + subscription->filter() + " was not confirmed"
        });
    }
    const Error reason = subscription->end_reason();
    // One that was made and has already ended by max_messages is a success.
    if (subscription->phase() == SubPhase::ended && reason.code != Errc::subscription_ended) {
        return tl::unexpected(reason);
    }
    return {};
}

Expected<void> Core::add_credit(const SubscriptionPtr& subscription, std::uint64_t messages) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (!subscription->options().credit || messages == 0) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "a subscription without credit, or a credit of zero"}
        );
    }
    const std::scoped_lock lock(mutex_);
    if (!is_open()) {
        return tl::unexpected(closed_error());
    }
    if (subscription->phase() == SubPhase::ended) {
        return tl::unexpected(subscription->end_reason());
    }
    const bool was_parked = subscription->grant(messages);
    if (phase_ != Phase::connected) {
        return {};  // the next connection is told
    }
    if (was_parked) {
        if (const auto frame = subscription->frame_for_new_connection()) {
            append_subscribe(outbox_.pending(), *frame);
        }
    } else {
        append_credit(outbox_.pending(), subscription->id(), messages);
    }
    wake();
    return {};
}

void Core::unsubscribe(const SubscriptionPtr& subscription) {
    if (is_inherited()) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        const bool made = subscription->is_made();
        if (subscriptions_.erase(subscription->id()) != 0 && made && phase_ == Phase::connected) {
            append_unsubscribe(outbox_.pending(), subscription->id());
            wake();
        }
        subscription->end({Errc::subscription_ended, "unsubscribed"}, true);
        changed_.notify_all();
    }
    if (!dispatcher_->on_this_thread()) {
        subscription->wait_callback_done();
    }
}

// Under mutex_. The exchange's Unsubscribed ends it; without a connection there is nothing to wait
// for.
void Core::begin_drain(SubscriptionState& subscription) {
    if (subscription.phase() == SubPhase::draining || subscription.phase() == SubPhase::ended) {
        return;
    }
    if (phase_ == Phase::connected && subscription.is_made()) {
        subscription.set_phase(SubPhase::draining);
        append_unsubscribe(outbox_.pending(), subscription.id());
        wake();
        return;
    }
    subscription.end({Errc::disconnected, "drained while there was no connection"}, false);
    subscriptions_.erase(subscription.id());
    changed_.notify_all();
}

void Core::wait_all_ended(const std::vector<SubscriptionPtr>& subscriptions, TimePoint deadline) {
    std::unique_lock lock(mutex_);
    for (const SubscriptionPtr& subscription : subscriptions) {
        changed_.wait_until(lock, deadline, [&] {
            return subscription->phase() == SubPhase::ended;
        });
    }
}

Expected<void> Core::drain(const SubscriptionPtr& subscription, TimePoint deadline) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (dispatcher_->on_this_thread()) {
        return tl::unexpected(Error{Errc::would_deadlock, "drain() inside a callback"});
    }
    {
        const std::scoped_lock lock(mutex_);
        begin_drain(*subscription);
    }
    wait_all_ended({subscription}, deadline);
    const bool seen = !subscription->has_callback() || subscription->wait_callbacks_seen(deadline);
    if (!seen || subscription->phase() != SubPhase::ended) {
        unsubscribe(subscription);
        return tl::unexpected(Error{Errc::timed_out, "drain of " + subscription->filter()});
    }
    const Error reason = subscription->end_reason();
    if (reason.code != Errc::subscription_ended) {
        return tl::unexpected(reason);
    }
    return {};
}

}  // namespace telex::client
