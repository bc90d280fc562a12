#pragma once
// A shard's counters, drops and traces. Every drop is entered here once.
//
// Owner and thread: one shard.
#include "exchange/client_record.hpp"
#include "exchange/counters.hpp"
#include "exchange/drop_books.hpp"
#include "exchange/queued_count.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/top_subjects.hpp"
#include "exchange/tracer.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::exchange {

class Ledger {
public:
    explicit Ledger(const reactor::Reactor& reactor) : reactor_(reactor) {}

    Counters& counters() { return counters_; }

    const Counters& counters() const { return counters_; }

    Tracer& tracer() { return tracer_; }

    TopSubjects& top_subjects() { return top_subjects_; }

    // Messages that subscribers and requesters took, or that wait for credit. Only grows.
    std::uint64_t accepted() const { return counters_.taken_messages + accepted_; }

    // A message waits for credit.
    void accept() { ++accepted_; }

    // --- messages that have a receiver --------------------------------------------------------
    // Each is delivered, held for credit or dropped next.
    void route(ActiveSubscription& subscription, std::uint64_t messages = 1) {
        subscription.routed += messages;
        route(subscription.record(), messages);
    }

    // The same for replies.
    void route(ClientRecord& client, std::uint64_t messages = 1) {
        client.books().routed += messages;
        counters_.routed_messages += messages;
    }

    // A message that was held leaves this subscription: it goes to another member of its queue
    // group.
    void unroute(ActiveSubscription& subscription) {
        --subscription.routed;
        --subscription.record().books().routed;
        --counters_.routed_messages;
    }

    void deliver(ActiveSubscription& subscription, std::uint64_t messages = 1) {
        subscription.delivered += messages;
        deliver(subscription.record(), messages);
    }

    // The same for replies.
    void deliver(ClientRecord& client, std::uint64_t messages = 1) {
        client.books().taken += messages;
        counters_.taken_messages += messages;
    }

    // Those that a client has taken and that wait in its queue.
    QueuedCount queued(ClientRecord& client) { return {client.books().queued, queued_}; }

    std::uint64_t queued() const { return queued_; }

    // Messages that were dropped without a known receiver.
    std::uint64_t unowned() const { return unowned_; }

    // --- messages that are not delivered ------------------------------------------------------
    // By its subscriber's policy, or because it cannot be written.
    void drop(
        ActiveSubscription& subscription,
        const RoutedMessage& routed,
        const broker::SendFault& fault
    );
    // A message that waited for the subscription's credit.
    void drop_held(ActiveSubscription& subscription, const HeldMessage& held, DropReason reason);
    // A message that the client took was dropped from its queue. `subscription` 0: it has ended.
    void uncount_delivery(ClientRecord& client, std::uint64_t subscription, DropReason reason);
    // The same for replies.
    void uncount_replies(ClientRecord& client, const broker::SendFault& fault, std::uint64_t count);
    // A reply that the requester's listener cannot write, or whose connection is about to end.
    void drop_reply(
        ClientRecord& client,
        std::uint64_t request_id,
        const wire::MessageView& message,
        const broker::SendFault& fault
    );
    // A record of a stream that a member of its consumer does not get.
    void drop(
        ClientRecord& client,
        std::string_view subject,
        std::size_t bytes,
        const broker::SendFault& fault
    );
    // A message without a known receiver.
    void drop_unowned(DropReason reason, const wire::MessageView& message);
    // Unsent frames that are neither deliveries nor replies.
    void count_unsent(ClientRecord& client, const broker::SendFault& fault, std::uint64_t count);

    // --- traces -------------------------------------------------------------------------------
    void trace(
        Tracer::Kind kind,
        const ActiveSubscription& subscription,
        const RoutedMessage& routed,
        std::string_view detail = {}
    ) {
        const ClientRecord& client = subscription.record();
        if ((routed.traces | client.traces()) != 0) [[unlikely]] {
            tracer_.arrived(kind, routed.traces, client, subscription.id, routed.message, detail);
        }
    }

private:
    // Messages that a client took become drops.
    void take_back(ClientRecord& client, const Drop& drop);

    const reactor::Reactor& reactor_;
    Counters counters_;
    DropBooks drops_{counters_};
    TopSubjects top_subjects_;
    Tracer tracer_;
    std::uint64_t accepted_ = 0;  // beside those that are taken now
    std::uint64_t queued_ = 0;
    std::uint64_t unowned_ = 0;
};

}  // namespace telex::exchange
