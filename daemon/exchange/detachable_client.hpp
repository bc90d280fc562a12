#pragma once
// A client of the exchange that outlives connections (docs/adr/0011-detachable-clients.md). It owns
// subscriptions and a bounded queue. Connections attach to it one after the other, from any reactor
// (attachment.hpp).
//
//   detached                       messages wait in the queue
//   attached on this reactor       the queue first, then messages pass directly
//   attached on another reactor    all messages pass through the queue, in batches
//   taken over                     the old attachment ends; the new one begins when it is known
//                                  what the old one has handed over
//
// Each message is handed over once, or dropped and counted. It stays in the queue, and charged to
// the memory budget, until it is handed over.
//
// An owner with users derives from this class and overrides the identity methods and may_receive.
// It subscribes by port(). It does not send requests by it, and uses no credit unless it grants
// credit while detached, too.
//
// Owner: the code that keeps it between connections. Thread: the shard's.
#include "base/time.hpp"
#include "broker/client.hpp"
#include "exchange/attachment.hpp"
#include "exchange/client_port.hpp"
#include "exchange/detachable_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace telex::exchange {

struct DetachableOptions {
    // Maxima of the messages that are not handed over. At most half of that is on its way to
    // another reactor. While the memory budget is tight the queue does not grow.
    std::size_t max_messages = 1000;
    std::size_t max_bytes = 1U << 20U;
    // How long it may be detached. Absent: no limit.
    std::optional<Clock::duration> expiry{};
};

class DetachableClient : public Client, public reactor::TurnWork {
public:
    // Joins the shard.
    DetachableClient(Shard& home, DetachableOptions options);
    // Ends it.
    ~DetachableClient() override;
    DetachableClient(const DetachableClient&) = delete;
    DetachableClient& operator=(const DetachableClient&) = delete;

    // Outcomes go to the attachment of the moment when they arrive; without one they are forgotten.
    ClientPort& port() { return port_; }

    // Gives the client to a connection, whose client gets what is in the queue and all later
    // messages. Ends the attachment before. Does nothing if the connection has detached meanwhile.
    void attach(const AttachmentLinkPtr& link);

    bool attached() const { return current_ != nullptr || next_ != nullptr; }

    // Ends the client if it has been detached for longer than its expiry. Returns true if it has
    // ended, now or before.
    bool expire(TimePoint now);

    // Leaves the exchange, drops its queue for `reason` and ends its attachment. Messages on their
    // way to another reactor count as dropped.
    void end(DropReason reason);

    // Not handed over, with those that wait for credit.
    std::size_t queued_messages() const { return messages_; }

    std::size_t queued_bytes() const { return bytes_; }

    // --- broker::Client -------------------------------------------------------------------------
    [[nodiscard]] broker::Admission admit(
        const broker::Subscription& subscription, std::size_t bytes, ClientId publisher
    ) override;
    [[nodiscard]] broker::SendResult deliver(const broker::Delivery& delivery) override;
    void charge_held(std::size_t bytes) override;
    void release_held(std::size_t bytes) override;
    [[nodiscard]] broker::SendResult on_reply(
        std::uint64_t request_id, const broker::Delivery& reply
    ) override;
    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override;
    void on_subscribed(std::uint64_t subscription) override;
    void on_unsubscribed(std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped)
        override;
    void on_flushed(std::uint64_t id) override;
    void on_published(std::uint64_t confirmation, std::uint64_t receivers) override;
    void refuse(const broker::Refusal& refusal) override;

    // It has no connection that a log line could name.
    broker::ClientLabel label() const override { return {}; }

    // --- for Attachment -------------------------------------------------------------------------
    static void note_detached(const AttachmentLinkPtr& link);
    void note_handed_over(const AttachmentLink& link, const AttachmentReceipt& receipt);
    // Passes on what is in the queue.
    void run_turn_work() override;

private:
    bool is_local() const { return &current_->here == &shard_; }

    bool passes_directly() const;
    bool make_room(const broker::Subscription& subscription, std::size_t bytes);
    bool drop_oldest();
    void add_outcome(std::function<void(Client&)> outcome);
    void charge(std::size_t size, std::size_t memory);
    void release(std::size_t size, std::size_t memory);
    // An item has left the queue.
    void forget(const QueuedItem& item);
    // It was not handed over.
    void drop(const QueuedItem& item, DropReason reason);
    void lose(const AttachmentLink& link);
    static void close(const AttachmentLinkPtr& link, AttachmentEnd reason);
    void hand_over_directly();
    void send_batch();

    void schedule() { shard_.reactor().run_at_end(*this); }

    Shard& shard_;
    const DetachableOptions options_;
    ClientPort port_{shard_, *this};
    DetachableQueue queue_;
    std::size_t messages_ = 0;
    std::size_t bytes_ = 0;
    AttachmentLinkPtr current_;
    AttachmentLinkPtr next_;  // waits until current_ is detached
    std::uint64_t last_serial_ = 0;
    TimePoint detached_at_;
    bool ended_ = false;
};

}  // namespace telex::exchange
