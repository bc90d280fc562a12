#pragma once
// Carries out the decisions of the slow-consumer policy in the exchange: pauses publishers, drops
// messages, counts and reports them. Whether to close the connection it tells the connection.
//
// Owner and thread: the connection's.
#include "base/time.hpp"
#include "exchange/client_port.hpp"
#include "exchange/shard.hpp"
#include "server/connection/charges.hpp"
#include "server/connection/connection_events.hpp"
#include "server/connection/slow_consumer_policy.hpp"
#include "server/connection/time_limits.hpp"
#include "server/stream/send_queue.hpp"

#include <optional>

namespace telex::server {

class SlowConsumer {
public:
    // Requires that all arguments outlive this.
    SlowConsumer(
        exchange::Shard& shard,
        exchange::ClientPort& broker,
        SendQueue& queue,
        const Charges& charges,
        ConnectionEvents& events,
        const SlowConsumerOptions& options
    )
        : shard_(shard),
          broker_(broker),
          queue_(queue),
          charges_(charges),
          events_(events),
          policy_(options) {}

    // Bytes that wait for this consumer, in its queue and for credit.
    std::size_t pending_bytes() const { return queue_.bytes() + credit_bytes_; }

    // The memory that this takes.
    std::size_t memory() const { return queue_.memory() + credit_bytes_; }

    // Messages wait for credit outside the queue.
    void add_credit_bytes(std::size_t bytes) { credit_bytes_ += bytes; }

    void remove_credit_bytes(std::size_t bytes) { credit_bytes_ -= bytes; }

    std::size_t credit_bytes() const { return credit_bytes_; }

    bool is_below_limit(std::size_t more) const {
        return pending_bytes() + more <= charges_.pending_limit() && !shard_.account().tight();
    }

    // For a message that is not below the limit. Returns nothing if the connection must be closed.
    [[nodiscard]] std::optional<broker::Admission> admit(
        const broker::Subscription& subscription,
        std::size_t bytes,
        std::size_t max_frame,
        broker::ClientId publisher
    );

    // The queue has been written: publishers go on if the consumer has caught up.
    void relieve_publishers();
    // The consumer gets no more messages.
    void release_publishers();

    bool is_blocking() const { return policy_.is_blocking(); }

    const SlowConsumerPolicy& policy() const { return policy_; }

    // Drops all messages that may be dropped.
    void drop_deliveries(broker::DropReason reason);
    // The same; and everything else that is queued.
    void abandon_queue(broker::DropReason reason);

    // --- limits of time ----------------------------------------------------------------------
    void add_limits(TimeLimits& limits) const;
    // Publishers were paused for max_block: they go on.
    void expire_block();
    // Drops what is too old. Returns false if the connection must be closed instead.
    [[nodiscard]] bool drop_old_backlog(TimePoint now);

private:
    using Decision = SlowConsumerPolicy::Decision;

    bool pause(broker::ClientId publisher);
    [[nodiscard]] broker::Admission drop_oldest(
        const broker::Subscription& subscription, std::size_t bytes
    );
    void resume(const std::vector<broker::ClientId>& publishers);
    // A message was dropped from the queue. `key`: frame_key.hpp.
    void count_dropped(std::uint64_t key, broker::DropReason reason);

    exchange::Shard& shard_;
    exchange::ClientPort& broker_;
    SendQueue& queue_;
    const Charges& charges_;
    ConnectionEvents& events_;
    SlowConsumerPolicy policy_;
    std::size_t credit_bytes_ = 0;
};

}  // namespace telex::server
