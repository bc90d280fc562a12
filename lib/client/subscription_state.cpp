#include "client/subscription_state.hpp"

#include "client/core.hpp"
#include "client/dispatcher.hpp"
#include "client/incoming.hpp"

#include <algorithm>
#include <utility>

namespace telex::client {
namespace {

Message message_of(Delivery delivery) {
    Message message = take_message(std::move(delivery.body), delivery.reply_to);
    message.pending_reply = std::move(delivery.pending_reply);
    return message;
}

}  // namespace

SubscriptionState::SubscriptionState(
    std::uint64_t id,
    std::string filter,
    MessageHandler handler,
    SubscribeOptions options,
    std::weak_ptr<Core> core,
    std::shared_ptr<Dispatcher> dispatcher
)
    : id_(id),
      filter_(std::move(filter)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      core_(std::move(core)),
      dispatcher_(std::move(dispatcher)),
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
    }
    if (discard) {
        discarded_ = true;
        queue_.clear();
        counters_.pending_messages = 0;
        counters_.pending_bytes = 0;
    }
    notify_ready();
    changed_.notify_all();
}

void SubscriptionState::set_dropped_by_exchange(std::uint64_t messages) {
    const std::scoped_lock lock(mutex_);
    counters_.dropped_by_exchange = messages;
}

std::optional<SubscribeFrame> SubscriptionState::frame_for_new_connection() {
    const std::scoped_lock lock(mutex_);
    phase_ = Phase::wanted;
    SubscribeFrame frame{id_, filter_, options_.queue_group, options_.slow_policy, 0, 0};
    if (options_.credit) {
        frame.credit = granted_ - std::min(granted_, counters_.received);
        parked_ = frame.credit == 0;  // on the wire, zero would mean no limit
        if (parked_) {
            return std::nullopt;
        }
    }
    if (options_.max_messages) {
        frame.max_messages = *options_.max_messages - counters_.received;
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
    return options_.max_messages && counters_.received >= *options_.max_messages;
}

bool SubscriptionState::was_active() const {
    const std::scoped_lock lock(mutex_);
    return was_active_;
}

bool SubscriptionState::is_full(std::size_t bytes) const {
    return counters_.pending_messages >= options_.max_pending_messages ||
           (counters_.pending_messages != 0 &&
            counters_.pending_bytes + bytes > options_.max_pending_bytes);
}

SubscriptionState::Offer SubscriptionState::count_drop() {
    ++counters_.dropped;
    return std::exchange(drops_reported_, true) ? Offer::dropped : Offer::first_drop;
}

SubscriptionState::Offer SubscriptionState::offer(Delivery delivery, std::vector<Delivery>& batch) {
    const std::scoped_lock lock(mutex_);
    if (phase_ == Phase::ended) {
        return Offer::ended;
    }
    ++counters_.received;
    if (is_full(delivery.body.size())) {
        return count_drop();
    }
    ++counters_.pending_messages;
    counters_.pending_bytes += delivery.body.size();
    if (handler_) {
        delivery.subscription = shared_from_this();
        batch.push_back(std::move(delivery));
    } else {
        queue_.push_back(std::move(delivery));
        notify_ready();
        changed_.notify_all();
    }
    return Offer::queued;
}

void SubscriptionState::count_taken(std::size_t bytes) {
    ++counters_.delivered;
    --counters_.pending_messages;
    counters_.pending_bytes -= bytes;
    ++taken_;
    if (counters_.pending_messages <= options_.max_pending_messages / 2) {
        drops_reported_ = false;  // the next episode is reported again
    }
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

void SubscriptionState::run_callback(Delivery& delivery) {
    {
        const std::scoped_lock lock(mutex_);
        if (discarded_) {
            return;
        }
        callback_runs_ = true;
        count_taken(delivery.body.size());
    }
    handler_(message_of(std::move(delivery)));
    callback_runs_ = false;
    // The I/O thread takes this lock for each message, too.
    if (options_.credit || callback_waiters_ != 0) {
        std::unique_lock lock(mutex_);
        const std::uint64_t due = credit_due();
        changed_.notify_all();
        lock.unlock();
        return_credit(due);
    }
}

Expected<Message> SubscriptionState::next(TimePoint deadline) {
    if (handler_) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "next() on a subscription with a callback"}
        );
    }
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
    count_taken(delivery.body.size());
    const std::uint64_t due = credit_due();
    lock.unlock();
    return_credit(due);
    return message_of(std::move(delivery));
}

void SubscriptionState::wait_callback_done() {
    std::unique_lock lock(mutex_);
    ++callback_waiters_;
    changed_.wait(lock, [this] { return !callback_runs_; });
    --callback_waiters_;
}

bool SubscriptionState::is_seen() const {
    const std::scoped_lock lock(mutex_);
    return !callback_runs_ && counters_.pending_messages == 0;
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
    return counters_;
}

}  // namespace telex::client
