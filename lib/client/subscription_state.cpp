#include "client/subscription_state.hpp"

#include "client/core.hpp"
#include "client/delivery_batch.hpp"
#include "client/dispatcher.hpp"
#include "client/incoming.hpp"

#include <algorithm>
#include <utility>

namespace telex::client {

SubscriptionState::SubscriptionState(
    std::uint64_t id,
    std::string filter,
    MessageHandler handler,
    SubscribeOptions options,
    std::weak_ptr<Core> core,
    std::shared_ptr<Dispatcher> dispatcher,
    ConsumeTermsPtr consume
)
    : id_(id),
      filter_(std::move(filter)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      core_(std::move(core)),
      dispatcher_(std::move(dispatcher)),
      consume_(std::move(consume)),
      counts_(options_.max_pending_messages, options_.max_pending_bytes),
      granted_(options_.credit.value_or(0)) {}

SubscriptionState::Phase SubscriptionState::phase() const {
    const std::scoped_lock lock(mutex_);
    return phase_;
}

void SubscriptionState::set_phase(Phase phase) {
    const std::scoped_lock lock(mutex_);
    if (phase_ != Phase::ended) {
        phase_ = phase;
        was_active_ |= phase == Phase::active;
    }
}

void SubscriptionState::end(Error reason, bool discard) {
    const std::scoped_lock lock(mutex_);
    if (phase_ != Phase::ended) {
        phase_ = Phase::ended;
        end_reason_ = std::move(reason);
        ended_ = true;
    }
    if (discard) {
        discarded_ = true;
        queue_.clear();
    }
    notify_ready();
    changed_.notify_all();
}

void SubscriptionState::set_dropped_by_exchange(std::uint64_t messages) {
    const std::scoped_lock lock(mutex_);
    dropped_by_exchange_ = messages;
}

std::optional<SubscribeFrame> SubscriptionState::frame_for_new_connection() {
    const std::scoped_lock lock(mutex_);
    phase_ = Phase::wanted;
    SubscribeFrame frame{
        id_, filter_, options_.queue_group, options_.slow_policy, 0, 0, consume_.get()
    };
    ++membership_;
    if (options_.credit) {
        frame.credit = granted_ - std::min(granted_, counts_.received());
        parked_ = frame.credit == 0;  // on the wire, zero would mean no limit
        if (parked_) {
            return std::nullopt;
        }
    }
    if (options_.max_messages) {
        frame.max_messages = *options_.max_messages - counts_.received();
    }
    return frame;
}

bool SubscriptionState::grant(std::uint64_t messages) {
    const std::scoped_lock lock(mutex_);
    granted_ += messages;
    return std::exchange(parked_, false);
}

bool SubscriptionState::is_made() const {
    const std::scoped_lock lock(mutex_);
    return phase_ != Phase::ended && !parked_;
}

bool SubscriptionState::is_complete() const {
    const std::scoped_lock lock(mutex_);
    return options_.max_messages && counts_.received() >= *options_.max_messages;
}

bool SubscriptionState::was_active() const {
    const std::scoped_lock lock(mutex_);
    return was_active_;
}

SubscriptionState::Offer SubscriptionState::offer(
    ByteView body,
    std::string_view reply_to,
    std::shared_ptr<PendingReply> pending_reply,
    const wire::Position* position,
    DeliveryBatch& batch
) {
    if (ended_) {
        return Offer::ended;
    }
    if (!counts_.has_room(body.size())) {
        return counts_.drop() ? Offer::first_drop : Offer::dropped;
    }
    std::shared_ptr<const RecordPlace> place;
    if (consume_) [[unlikely]] {
        place = std::make_shared<const RecordPlace>(RecordPlace{
            weak_from_this(), membership_, position == nullptr ? wire::Position() : *position
        });
    }
    if (handler_) {
        counts_.queue(body.size());
        batch.add(*this, body, reply_to, std::move(pending_reply), std::move(place));
        return Offer::queued;
    }
    const std::scoped_lock lock(mutex_);
    if (phase_ == Phase::ended) {
        return Offer::ended;
    }
    counts_.queue(body.size());
    queue_.push_back(
        {std::string(body), std::string(reply_to), std::move(pending_reply), std::move(place)}
    );
    notify_ready();
    changed_.notify_all();
    return Offer::queued;
}

// Returns credit in halves of the window: few frames, and the credit never runs out.
std::uint64_t SubscriptionState::credit_due() {
    if (!options_.credit || !options_.automatic_credit || phase_ == Phase::ended) {
        return 0;
    }
    const std::uint64_t share = std::max<std::uint64_t>(1, *options_.credit / 2);
    return taken_ >= share ? std::exchange(taken_, 0) : 0;
}

void SubscriptionState::return_credit(std::uint64_t messages) {
    if (messages == 0) {
        return;
    }
    if (const auto core = core_.lock()) {
        // Fails only if the subscription or the client has ended meanwhile.
        (void)core->add_credit(shared_from_this(), messages);
    }
}

void SubscriptionState::return_credit_of_one() {
    std::unique_lock lock(mutex_);
    ++taken_;
    const std::uint64_t due = credit_due();
    lock.unlock();
    return_credit(due);
}

void SubscriptionState::end_callbacks() {
    callback_runs_ = false;
    if (callback_waiters_ != 0) {
        const std::scoped_lock lock(mutex_);
        changed_.notify_all();
    }
}

Expected<Message> SubscriptionState::next(TimePoint deadline) {
    if (handler_) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "next() on a subscription with a callback"}
        );
    }
    for (;;) {
        auto delivery = take_first(deadline);
        if (!delivery) {
            return tl::unexpected(std::move(delivery.error()));
        }
        if (delivery->place && is_stale(*delivery->place)) {
            continue;
        }
        Message message = take_message(std::move(delivery->body), delivery->reply_to);
        message.pending_reply = std::move(delivery->pending_reply);
        message.place = std::move(delivery->place);
        return message;
    }
}

Expected<SubscriptionState::Delivery> SubscriptionState::take_first(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] {
        return !queue_.empty() || phase_ == Phase::ended;
    });
    if (queue_.empty()) {
        return tl::unexpected(
            phase_ == Phase::ended ? end_reason_ : Error{Errc::timeout, "no message on " + filter_}
        );
    }
    Delivery delivery = std::move(queue_.front());
    queue_.pop_front();
    counts_.take(delivery.body.size());
    ++taken_;
    const std::uint64_t due = credit_due();
    lock.unlock();
    return_credit(due);
    return delivery;
}

void SubscriptionState::wait_callback_done() {
    std::unique_lock lock(mutex_);
    ++callback_waiters_;
    changed_.wait(lock, [this] { return !callback_runs_; });
    --callback_waiters_;
}

// Taken messages first: the callback of the last one runs until callback_runs_ is false.
bool SubscriptionState::is_seen() const {
    return (discarded_ || counts_.pending_messages() == 0) && !callback_runs_;
}

bool SubscriptionState::notify_when_ready(std::function<void()> handler) {
    const std::scoped_lock lock(mutex_);
    if (handler_ || !queue_.empty() || phase_ == Phase::ended) {
        return false;
    }
    ready_handlers_.push_back(std::move(handler));
    return true;
}

void SubscriptionState::notify_ready() {
    for (auto& handler : ready_handlers_) {
        dispatcher_->post(std::move(handler));
    }
    ready_handlers_.clear();
}

Error SubscriptionState::end_reason() const {
    const std::scoped_lock lock(mutex_);
    return end_reason_;
}

SubscriptionStatistics SubscriptionState::statistics() const {
    const std::scoped_lock lock(mutex_);
    SubscriptionStatistics statistics;
    statistics.received = counts_.received();
    statistics.delivered = counts_.taken();
    statistics.dropped = counts_.dropped();
    if (!discarded_) {
        statistics.pending_messages = counts_.pending_messages();
        statistics.pending_bytes = counts_.pending_bytes();
    }
    statistics.dropped_by_exchange = dropped_by_exchange_;
    return statistics;
}

}  // namespace telex::client
