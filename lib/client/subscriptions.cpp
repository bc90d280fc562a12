#include "client/subscriptions.hpp"

#include "client/core.hpp"
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

std::optional<Error> check(const ConsumeTerms& terms, const SubscribeOptions& options) {
    if (terms.stream.empty() || options.credit.value_or(0) == 0 ||
        (terms.consumer.empty() && !terms.creates)) {
        return Error{
            Errc::invalid_argument,
            "consume() needs a stream, a credit that is not zero, and the name of a consumer or "
            "the settings to create one"
        };
    }
    return std::nullopt;
}

}  // namespace

Expected<void> Subscriptions::subscribe(
    std::string_view filter,
    MessageHandler handler,
    const SubscribeOptions& options,
    std::weak_ptr<Core> core,
    Done<SubscriptionPtr> done,
    ConsumeTermsPtr terms
) {
    if (state_.is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (auto error = terms ? check(*terms, options) : check(filter, options)) {
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
        ++last_id_,
        std::string(filter),
        std::move(handler),
        options,
        std::move(core),
        callbacks_.dispatcher().shared_from_this(),
        std::move(terms)
    );
    table_.emplace(subscription->id(), subscription);
    if (state_.is_connected()) {
        append_subscribe(state_.buffer.pending(), *subscription->frame_for_new_connection());
        state_.wake();
    }
    if (!options.wait) {
        lock.unlock();
        done(std::move(subscription));
        return {};
    }
    state_.wait_for(
        {[subscription] { return subscription->phase() != SubPhase::wanted; },
         deadline_after(options.timeout),
         [this, subscription, done = std::move(done)] { done(outcome_of_subscribe(subscription)); }}
    );
    return {};
}

Expected<Subscriptions::SubscriptionPtr> Subscriptions::outcome_of_subscribe(
    const SubscriptionPtr& subscription
) {
    const Error reason = subscription->end_reason();
    switch (subscription->phase()) {
        case SubPhase::wanted:
            end_now(subscription);
            return tl::unexpected(Error{
                Errc::timeout,
                "the subscription to " + subscription->filter() + " was not confirmed"
            });
        case SubPhase::ended:
            // A confirmed subscription that has already ended by max_messages is a success.
            if (reason.code != Errc::subscription_ended) {
                return tl::unexpected(reason);
            }
            break;
        default:
            break;
    }
    return subscription;
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

void Subscriptions::end_now(const SubscriptionPtr& subscription) {
    const std::scoped_lock lock(state_.mutex);
    const bool made = subscription->is_made();
    if (table_.erase(subscription->id()) != 0 && made && state_.is_connected()) {
        state_.put_outcomes();
        append_unsubscribe(state_.buffer.pending(), subscription->id());
        state_.wake();
    }
    subscription->end({Errc::subscription_ended, "unsubscribed"}, true);
    state_.notify_changed();
}

void Subscriptions::unsubscribe(const SubscriptionPtr& subscription) {
    if (state_.is_inherited()) {
        return;
    }
    end_now(subscription);
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
        state_.put_outcomes();
        append_unsubscribe(state_.buffer.pending(), subscription.id());
        state_.wake();
        return;
    }
    subscription.end({Errc::disconnected, "drained while disconnected"}, false);
    table_.erase(subscription.id());
    state_.notify_changed();
}

void Subscriptions::drain(
    const SubscriptionPtr& subscription, TimePoint deadline, Done<void> done
) {
    {
        const std::scoped_lock lock(state_.mutex);
        begin_drain(*subscription);
        if (state_.phase != SharedState::Phase::closed) {
            state_.wait_for(
                {[subscription] { return subscription->phase() == SubPhase::ended; },
                 deadline,
                 [this, subscription, deadline, done = std::move(done)] {
                     drain_callbacks(subscription, deadline, done);
                 }}
            );
            return;
        }
    }
    done(outcome_of_drain(subscription));
}

void Subscriptions::drain_callbacks(
    const SubscriptionPtr& subscription, TimePoint deadline, const Done<void>& done
) {
    if (!subscription->has_callback() || subscription->is_seen() ||
        subscription->phase() != SubPhase::ended) {
        done(outcome_of_drain(subscription));
        return;
    }
    const std::scoped_lock lock(state_.mutex);
    state_.wait_for(
        {[subscription] { return subscription->is_seen(); },
         deadline,
         [this, subscription, done] { done(outcome_of_drain(subscription)); }}
    );
    callbacks_.dispatcher().post([weak = subscription->core()] {
        if (const auto core = weak.lock()) {
            core->notify_changed();
        }
    });
}

Expected<void> Subscriptions::outcome_of_drain(const SubscriptionPtr& subscription) {
    const bool seen = !subscription->has_callback() || subscription->is_seen();
    if (!seen || subscription->phase() != SubPhase::ended) {
        end_now(subscription);
        return tl::unexpected(Error{Errc::timeout, "drain of " + subscription->filter()});
    }
    const Error reason = subscription->end_reason();
    if (reason.code != Errc::subscription_ended) {
        return tl::unexpected(reason);
    }
    return {};
}

Expected<void> Subscriptions::drain_all(TimePoint deadline, std::function<void()> done) {
    std::vector<SubscriptionPtr> subscriptions;
    const std::scoped_lock lock(state_.mutex);
    if (!state_.is_open()) {
        return tl::unexpected(state_.closed_error());
    }
    state_.draining = true;
    subscriptions.reserve(table_.size());
    for (const auto& [id, subscription] : table_) {
        subscriptions.push_back(subscription);
    }
    for (const auto& subscription : subscriptions) {
        begin_drain(*subscription);
    }
    state_.wait_for(
        {[subscriptions = std::move(subscriptions)] {
             return std::all_of(subscriptions.begin(), subscriptions.end(), [](const auto& each) {
                 return each->phase() == SubPhase::ended;
             });
         },
         deadline,
         std::move(done)}
    );
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
        const bool drained =
            entry.second->phase() == SubPhase::draining || entry.second->ends_with_connection();
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
    if (last_found_ != nullptr && last_found_->id() == id) {
        return last_found_;
    }
    if (const auto found = cache_.find(id); found != cache_.end()) {
        last_found_ = found->second.get();
        return last_found_;
    }
    const std::scoped_lock lock(state_.mutex);
    const auto found = table_.find(id);
    if (found == table_.end()) {
        return nullptr;
    }
    last_found_ = cache_.emplace(id, found->second).first->second.get();
    return last_found_;
}

void Subscriptions::forget(std::uint64_t id) {
    cache_.erase(id);
    last_found_ = nullptr;
}

void Subscriptions::on_subscribed(std::uint64_t id) {
    SubscriptionState* subscription = find(id);
    if (subscription == nullptr) {
        return;
    }
    const std::scoped_lock lock(state_.mutex);
    if (subscription->phase() == SubPhase::wanted) {
        subscription->set_phase(SubPhase::active);
        state_.notify_changed();
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
        state_.notify_changed();
    }
    forget(id);
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
            state_.notify_changed();
        }
        forget(id);
        if (call_waits) {
            return;
        }
    }
    callbacks_.error(error);
}

}  // namespace telex::client
