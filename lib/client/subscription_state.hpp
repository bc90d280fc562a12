#pragma once
// One subscription: its options, its queue of messages for the application, and its counters.
//
//   wanted --Subscribed--> active --Unsubscribe sent--> draining --Unsubscribed--> ended
//     ^------reconnect-------'                                 (or unsubscribed, refused, closed)
//
// Shared by the handle, the core and the callback thread. Synchronised by its own lock, which is
// taken after the state's mutex (shared_state.hpp) and never held while application code runs. The
// phase changes only while the state's mutex is held as well. Messages for a handler pass without
// this lock.
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "client/consume_terms.hpp"
#include "client/outgoing.hpp"
#include "client/pending_counts.hpp"
#include "client/pending_replies.hpp"
#include "client/process_mark.hpp"
#include "client/request_table.hpp"
#include <telex/client.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace telex::client {

class DeliveryBatch;
class Dispatcher;

class SubscriptionState : public std::enable_shared_from_this<SubscriptionState> {
public:
    enum class Phase : std::uint8_t { wanted, active, draining, ended };
    enum class Offer : std::uint8_t { queued, dropped, first_drop, ended };

    SubscriptionState(
        std::uint64_t id,
        std::string filter,
        MessageHandler handler,
        SubscribeOptions options,
        std::weak_ptr<Core> core,
        std::shared_ptr<Dispatcher> dispatcher,
        ConsumeTermsPtr consume = nullptr
    );

    std::uint64_t id() const { return id_; }

    const std::string& filter() const { return filter_; }

    const SubscribeOptions& options() const { return options_; }

    // It is a member of a consumer; `filter` is the name of the stream.
    bool is_consumer() const { return consume_ != nullptr; }

    // A consumer without a name: nothing can renew it.
    bool ends_with_connection() const { return consume_ && consume_->consumer.empty(); }

    bool has_callback() const { return handler_ != nullptr; }

    const std::weak_ptr<Core>& core() const { return core_; }

    // Returns true in a forked child: only the members above may be called there.
    bool is_inherited() const { return process_.is_inherited(); }

    // --- requires the state's mutex -----------------------------------------------------------
    Phase phase() const;
    void set_phase(Phase phase);
    // Ends the subscription; queued messages stay readable unless `discard`. The first reason
    // counts.
    void end(Error reason, bool discard);
    void set_dropped_by_exchange(std::uint64_t messages);
    // The frame that makes the subscription on a new connection, and the phase `wanted`. Nothing
    // when its credit is used up: it has to wait for the application (see grant).
    std::optional<SubscribeFrame> frame_for_new_connection();
    // Allows more messages. Returns true if the subscription waited for that and must be made now.
    [[nodiscard]] bool grant(std::uint64_t messages);
    // max_messages have arrived.
    bool is_complete() const;
    // The exchange has confirmed it, on this connection or an earlier one.
    bool was_active() const;
    // Returns whether the subscription was sent to the exchange on this connection.
    bool is_made() const;

    // --- I/O thread ---------------------------------------------------------------------------
    // Queues a received message: in `batch` for the callback thread, or in its own queue.
    // `pending_reply`: of a request; null for other messages. `position`: not null if it is a
    // consumer.
    Offer offer(
        ByteView body,
        std::string_view reply_to,
        std::shared_ptr<PendingReply> pending_reply,
        const wire::Position* position,
        DeliveryBatch& batch
    );

    // --- messages of a consumer, any thread ------------------------------------------------------
    // The message came by an earlier connection: the exchange delivers it again.
    bool is_stale(const RecordPlace& place) const { return place.membership != membership_; }

    // --- callback thread ----------------------------------------------------------------------
    // Enclose the callbacks of a batch.
    void begin_callbacks() { callback_runs_ = true; }

    void end_callbacks();

    // False if the queued messages will be dropped. After begin_callbacks().
    bool wants_callback() const { return !discarded_; }

    // `body_bytes`: as the message was offered. `make` returns the message, which is built in the
    // argument of the handler.
    template <class Make>
    void run_callback(std::size_t body_bytes, Make make) {
        counts_.take(body_bytes);
        handler_(make());
        if (options_.credit) {
            return_credit_of_one();
        }
    }

    // A message that is not passed to the handler.
    void skip(std::size_t body_bytes) {
        counts_.take(body_bytes);
        return_credit_of_one();
    }

    // --- the application ----------------------------------------------------------------------
    [[nodiscard]] Expected<Message> next(TimePoint deadline);
    // Waits until the callback is not running. Not on the callback thread.
    void wait_callback_done();
    // See Subscription::notify_when_ready.
    [[nodiscard]] bool notify_when_ready(std::function<void()> handler);
    // Returns whether the callback has run for all received messages.
    bool is_seen() const;
    Error end_reason() const;
    SubscriptionStatistics statistics() const;

private:
    // A message for next(), still encoded.
    struct Delivery {
        std::string body;
        std::string reply_to;
        std::shared_ptr<PendingReply> pending_reply;
        std::shared_ptr<const RecordPlace> place;
    };

    // Waits for a message, and takes it.
    [[nodiscard]] Expected<Delivery> take_first(TimePoint deadline);
    std::uint64_t credit_due();
    void return_credit(std::uint64_t messages);
    void return_credit_of_one();
    // Requires the lock: posting to the dispatcher is allowed under it.
    void notify_ready();

    const ProcessMark process_;
    const std::uint64_t id_;
    const std::string filter_;
    const MessageHandler handler_;
    const SubscribeOptions options_;
    const std::weak_ptr<Core> core_;
    const std::shared_ptr<Dispatcher> dispatcher_;
    const ConsumeTermsPtr consume_;  // null: an ordinary subscription

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Phase phase_ = Phase::wanted;
    Error end_reason_;
    std::deque<Delivery> queue_;
    std::vector<std::function<void()>> ready_handlers_;
    std::uint64_t dropped_by_exchange_ = 0;
    PendingCounts counts_;
    std::atomic<std::uint64_t> membership_{0};  // counts connections on which it was asked for
    std::atomic<bool> ended_{false};            // the phase is `ended`; for the I/O thread
    // These in one order for both threads: a wait for the callback is not missed.
    std::atomic<bool> discarded_{false};  // queued messages are not passed to the application
    std::atomic<bool> callback_runs_{false};
    std::atomic<std::uint32_t> callback_waiters_{0};
    bool was_active_ = false;
    bool parked_ = false;        // not sent on this connection, for lack of credit
    std::uint64_t granted_ = 0;  // credit given to the exchange, over all connections
    std::uint64_t taken_ = 0;    // taken by the application, credit not yet returned
};

}  // namespace telex::client
