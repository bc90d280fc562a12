#pragma once
// Messages on their way from one reactor to the others: the batches that are being filled, and how
// much is under way to each reactor.
//
// More bytes under way to one reactor than its ForwardWindow allows, or too much work, are
// congestion: until half of it is processed, connections here are not read. Owner and thread: one
// shard.
#include "exchange/forward_batch.hpp"
#include "exchange/forward_charges.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/shared_charge.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace telex::exchange {

class Exchange;
class Shard;

class Forwarding {
public:
    Forwarding(Exchange& exchange, Shard& source, reactor::Reactor& reactor, BudgetAccount& account)
        : exchange_(exchange), source_(source), reactor_(reactor), charges_(account) {}

    // Once all shards exist.
    void connect();

    // The batch to which messages for this reactor are added.
    ForwardBatch& batch_for(std::uint16_t target);
    // For a message to several reactors. Null if it is charged for each.
    SharedChargePtr charge_once(const RoutedMessage& routed);
    // Sends the batch before the turn ends if it is large, so that the target works meanwhile.
    void send_if_full(std::uint16_t target);
    // At the end of a turn.
    void send_all();
    // Takes a batch back that its target has dispatched.
    void recycle(std::unique_ptr<ForwardBatch> batch);

    // Called about once a second: releases the spare batches that were not needed since the last
    // call. Each may hold half a megabyte.
    void shrink();

    std::size_t spare_batches() const;

    // Nothing is in a batch or under way.
    bool idle() const;

    std::size_t targets() const { return outgoing_.size(); }

    bool under_way_to(std::size_t target) const { return outgoing_[target].bytes_under_way != 0; }

    // Charged for what is under way.
    std::size_t charged_bytes() const { return charges_.bytes(); }

    bool congested() const { return congested_targets_ > 0; }

    // Runs `reader` again when congestion is over.
    void wait_for_relief(reactor::TurnWork& reader);
    void forget_waiting(const reactor::TurnWork& reader);

private:
    struct Outgoing {
        std::unique_ptr<ForwardBatch> batch;
        std::vector<std::unique_ptr<ForwardBatch>> spare;
        std::size_t least_spare = 0;  // since the last shrink()
        std::size_t full = 0;         // bytes of the batch at which it is sent
        std::size_t bytes_under_way = 0;
        std::uint64_t work_under_way = 0;  // for the target
        bool congested = false;
    };

    // The batch, which counts as under way from now on.
    std::unique_ptr<ForwardBatch> take(std::size_t target);
    std::size_t window_of(std::size_t target) const;

    Exchange& exchange_;
    Shard& source_;
    reactor::Reactor& reactor_;
    ForwardCharges charges_;
    std::vector<Outgoing> outgoing_;
    std::size_t congested_targets_ = 0;
    std::vector<reactor::TurnWork*> waiting_;
};

}  // namespace telex::exchange
