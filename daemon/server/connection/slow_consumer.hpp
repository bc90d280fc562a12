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
    // The parts of the connection that this acts on. Passed to each call: each connection has one
    // of these, and references would be half of it.
    struct Parts {
        exchange::ClientPort& broker;
        SendQueue& queue;
        const Charges& charges;
        ConnectionEvents& events;
        const SendingClient& connection;
    };

    // `options` outlive this.
    explicit SlowConsumer(const SlowConsumerOptions& options) : policy_(options) {}

    // Bytes that wait for this consumer, in its queue and for credit.
    std::size_t pending_bytes(const SendQueue& queue) const {
        return queue.bytes() + credit_bytes_;
    }

    // The memory that this takes.
    std::size_t memory(const SendQueue& queue) const { return queue.memory() + credit_bytes_; }

    // Messages wait for credit outside the queue.
    void add_credit_bytes(std::size_t bytes) { credit_bytes_ += bytes; }

    void remove_credit_bytes(std::size_t bytes) { credit_bytes_ -= bytes; }

    std::size_t credit_bytes() const { return credit_bytes_; }

    // For a message that is not below the limit. Returns nothing if the connection must be closed.
    [[nodiscard]] std::optional<broker::Admission> admit(
        const Parts& parts,
        const broker::Subscription& subscription,
        std::size_t bytes,
        std::size_t max_frame,
        broker::ClientId publisher
    );

    // The queue has been written: publishers go on if the consumer has caught up.
    void relieve_publishers(const Parts& parts);
    // The consumer gets no more messages.
    void release_publishers(exchange::Shard& shard);

    bool is_blocking() const { return policy_.is_blocking(); }

    const SlowConsumerPolicy& policy() const { return policy_; }

    // Drops all messages that may be dropped.
    static void drop_deliveries(const Parts& parts, broker::DropReason reason);
    // The same; and everything else that is queued.
    static void abandon_queue(const Parts& parts, broker::DropReason reason);

    // --- limits of time ----------------------------------------------------------------------
    void add_limits(const SendQueue& queue, TimeLimits& limits) const;
    // Publishers were paused for max_block: they go on.
    void expire_block(const Parts& parts);
    // Drops what is too old. Returns false if the connection must be closed instead.
    [[nodiscard]] bool drop_old_backlog(const Parts& parts, TimePoint now);

private:
    using Decision = SlowConsumerPolicy::Decision;

    bool pause(const Parts& parts, broker::ClientId publisher);
    [[nodiscard]] broker::Admission drop_oldest(
        const Parts& parts, const broker::Subscription& subscription, std::size_t bytes
    ) const;

    std::size_t credit_bytes_ = 0;
    // Last, with its flag at its end: what follows this lies in the padding.
    [[no_unique_address]] SlowConsumerPolicy policy_;
};

}  // namespace telex::server
