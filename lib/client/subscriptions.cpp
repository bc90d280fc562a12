#include "client/subscriptions.hpp"

#include "wire/subject.hpp"

#include <algorithm>
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
        return Error{
            Errc::bad_queue_group, "'" + options.queue_group + "' is not a valid queue group"
        };
    }
    if (options.credit.value_or(1) == 0 || options.max_messages.value_or(1) == 0 ||
        options.max_pending_messages == 0 || options.max_pending_bytes == 0) {
        return Error{Errc::invalid_argument, "SubscribeOptions: a limit must not be zero"};
    }
    return std::nullopt;
}

}  // namespace

Expected<Subscriptions::SubscriptionPtr> Subscriptions::subscribe(
    std::string_view filter,
    MessageHandler handler,
    const SubscribeOptions& options,
    std::weak_ptr<Core> core
) {
    if (state_.is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (auto error = check(filter, options)) {
        return tl::unexpected(*std::move(error));
    }
    std::unique_lock lock(state_.mutex);
    if (!state_.is_open()) {
        return tl::unexpected(state_.closed_error());
    }
    if (state_.draining) {
        return tl::unexpected(Error{Errc::draining, "the client is draining"});
    }
    auto subscription = std::make_shared<SubscriptionState>(
        ++last_id_, std::string(filter), std::move(handler), options, std::move(core)
    );
    table_.emplace(subscription->id(), subscription);
    if (state_.is_connected()) {
        append_subscribe(state_.buffer.pending(), *subscription->frame_for_new_connection());
        state_.wake();
    }
    if (options.wait) {
        if (auto made = wait_made(lock, subscription); !made) {
            lock.unlock();
            unsubscribe(subscription);
            return tl::unexpected(std::move(made.error()));
        }
    }
    return subscription;
}

Expected<void> Subscriptions::wait_made(
    std::unique_lock<std::mutex>& lock, const SubscriptionPtr& subscription
) {
    const bool decided =
        state_.changed.wait_until(lock, deadline_after(subscription->options().timeout), [&] {
            return subscription->phase() != SubPhase::wanted;
        });
    if (!decided) {
        return tl::unexpected(Error{
            Errc::timeout, "the subscription to " + subscription->filter() + " was not confirmed"
        });
    }
    const Error reason = subscription->end_reason();
    // A confirmed subscription that has already ended by max_messages is a success.
    if (subscription->phase() == SubPhase::ended && reason.code != Errc::subscription_ended) {
        return tl::unexpected(reason);
    }
    return {};
}

Expected<void> Subscriptions::add_credit(
    const SubscriptionPtr& subscription, std::uint64_t messages
) {
    if (state_.is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (!subscription->options().credit || messages == 0) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "the subscription has no credit, or the credit is zero"}
        );
    }
    const std::scoped_lock lock(state_.mutex);
    if (!state_.is_open()) {
        return tl::unexpected(state_.closed_error());
    }
    if (subscription->phase() == SubPhase::ended) {
        return tl::unexpected(subscription->end_reason());
    }
    const bool was_parked = subscription->grant(messages);
    if (!state_.is_connected()) {
        return {};  // the next connection sends it
    }
    if (was_parked) {
        if (const auto frame = subscription->frame_for_new_connection()) {
            append_subscribe(state_.buffer.pending(), *frame);
        }
    } else {
        append_credit(state_.buffer.pending(), subscription->id(), messages);
    }
    state_.wake();
    return {};
}

void Subscriptions::unsubscribe(const SubscriptionPtr& subscription) {
    if (state_.is_inherited()) {
        return;
    }
    {
        const std::scoped_lock lock(state_.mutex);
        const bool made = subscription->is_made();
        if (table_.erase(subscription->id()) != 0 && made && state_.is_connected()) {
            append_unsubscribe(state_.buffer.pending(), subscription->id());
            state_.wake();
        }
        subscription->end({Errc::subscription_ended, "unsubscribed"}, true);
        state_.changed.notify_all();
    }
    if (!callbacks_.dispatcher().on_this_thread()) {
        subscription->wait_callback_done();
    }
}

// Unsubscribed ends the subscription; without a connection it ends at once.
void Subscriptions::begin_drain(SubscriptionState& subscription) {
    if (subscription.phase() == SubPhase::draining || subscription.phase() == SubPhase::ended) {
        return;
    }
    if (state_.is_connected() && subscription.is_made()) {
        subscription.set_phase(SubPhase::draining);
        append_unsubscribe(state_.buffer.pending(), subscription.id());
        state_.wake();
        return;
    }
    subscription.end({Errc::disconnected, "drained while disconnected"}, false);
    table_.erase(subscription.id());
    state_.changed.notify_all();
}

void Subscriptions::wait_all_ended(
    const std::vector<SubscriptionPtr>& subscriptions, TimePoint deadline
) {
    std::unique_lock lock(state_.mutex);
    for (const SubscriptionPtr& subscription : subscriptions) {
        state_.changed.wait_until(lock, deadline, [&] {
            return subscription->phase() == SubPhase::ended;
        });
    }
}

Expected<void> Subscriptions::drain(const SubscriptionPtr& subscription, TimePoint deadline) {
    if (state_.is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (callbacks_.dispatcher().on_this_thread()) {
        return tl::unexpected(Error{Errc::would_deadlock, "drain() inside a callback"});
    }
    {
        const std::scoped_lock lock(state_.mutex);
        begin_drain(*subscription);
    }
    wait_all_ended({subscription}, deadline);
    const bool seen = !subscription->has_callback() || subscription->wait_callbacks_seen(deadline);
    if (!seen || subscription->phase() != SubPhase::ended) {
        unsubscribe(subscription);
        return tl::unexpected(Error{Errc::timeout, "drain of " + subscription->filter()});
    }
    const Error reason = subscription->end_reason();
    if (reason.code != Errc::subscription_ended) {
        return tl::unexpected(reason);
    }
    return {};
}

Expected<void> Subscriptions::drain_all(TimePoint deadline) {
    std::vector<SubscriptionPtr> subscriptions;
    {
        const std::scoped_lock lock(state_.mutex);
        if (!state_.is_open()) {
            return tl::unexpected(state_.closed_error());
        }
        state_.draining = true;
        for (const auto& [id, subscription] : table_) {
            subscriptions.push_back(subscription);
        }
        for (const auto& subscription : subscriptions) {
            begin_drain(*subscription);
        }
    }
    wait_all_ended(subscriptions, deadline);
    return {};
}

std::string Subscriptions::frames_for_new_connection() {
    std::erase_if(table_, [](const auto& entry) {
        const bool complete = entry.second->is_complete();
        if (complete) {
            entry.second->end({Errc::subscription_ended, "max_messages arrived"}, false);
        }
        return complete;
    });
    std::vector<SubscriptionState*> all;
    all.reserve(table_.size());
    for (const auto& [id, subscription] : table_) {
        all.push_back(subscription.get());
    }
    std::sort(all.begin(), all.end(), [](const auto* left, const auto* right) {
        return left->id() < right->id();
    });
    std::string frames;
    for (SubscriptionState* subscription : all) {
        if (const auto frame = subscription->frame_for_new_connection()) {
            append_subscribe(frames, *frame);
        }
    }
    return frames;
}

void Subscriptions::end_draining(const Error& reason) {
    std::erase_if(table_, [&](const auto& entry) {
        const bool drained = entry.second->phase() == SubPhase::draining;
        if (drained) {
            entry.second->end(reason, false);
        }
        return drained;
    });
}

void Subscriptions::end_all(const Error& error) {
    for (const auto& [id, subscription] : table_) {
        subscription->end(error, false);
    }
    table_.clear();
}

SubscriptionState* Subscriptions::find(std::uint64_t id) {
    if (const auto found = cache_.find(id); found != cache_.end()) {
        return found->second.get();
    }
    const std::scoped_lock lock(state_.mutex);
    const auto found = table_.find(id);
    if (found == table_.end()) {
        return nullptr;
    }
    return cache_.emplace(id, found->second).first->second.get();
}

void Subscriptions::on_subscribed(std::uint64_t id) {
    SubscriptionState* subscription = find(id);
    if (subscription == nullptr) {
        return;
    }
    const std::scoped_lock lock(state_.mutex);
    if (subscription->phase() == SubPhase::wanted) {
        subscription->set_phase(SubPhase::active);
        state_.changed.notify_all();
    }
}

void Subscriptions::on_unsubscribed(std::uint64_t id, std::uint64_t dropped) {
    SubscriptionState* subscription = find(id);
    if (subscription == nullptr) {
        return;
    }
    {
        const std::scoped_lock lock(state_.mutex);
        subscription->set_dropped_by_exchange(dropped);
        subscription->end({Errc::subscription_ended, "the subscription has ended"}, false);
        table_.erase(id);
        state_.changed.notify_all();
    }
    cache_.erase(id);
}

void Subscriptions::on_error(std::uint64_t id, const Error& error) {
    SubscriptionState* subscription = find(id);
    if (subscription == nullptr || subscription->phase() == SubPhase::ended) {
        return;
    }
    if (subscription->phase() == SubPhase::wanted) {
        const bool call_waits = subscription->options().wait && !subscription->was_active();
        {
            const std::scoped_lock lock(state_.mutex);
            subscription->end(error, false);
            table_.erase(id);
            state_.changed.notify_all();
        }
        cache_.erase(id);
        if (call_waits) {
            return;
        }
    }
    callbacks_.error(error);
}

}  // namespace telex::client
