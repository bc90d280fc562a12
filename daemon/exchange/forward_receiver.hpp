#pragma once
// Dispatches the messages that other reactors have forwarded: to plain subscribers here, and to the
// members of queue groups that were chosen there. Another member gets the message if the chosen one
// has left meanwhile or has no room.
//
// Owner and thread: one shard.
#include "exchange/forward_batch.hpp"
#include "exchange/routed_message.hpp"

#include <cstdint>

namespace telex::exchange {

class Shard;

class ForwardReceiver {
public:
    explicit ForwardReceiver(Shard& shard) : shard_(shard) {}

    // Until the slice is over or the batch is done.
    void receive(ForwardBatch& batch);

private:
    // The first three return false if the item is not done.
    bool receive(ForwardBatch& batch, const ForwardedMessage& item);
    bool receive_run(ForwardBatch& batch, const ForwardedMessage& item);
    bool receive_plain(ForwardBatch& batch, const ForwardedMessage& item, RoutedMessage& routed);
    // Returns false if the group has no member left.
    bool receive_chosen(ChosenMember& chosen, RoutedMessage routed);
    std::uint64_t accepted_or_passed_on() const;

    Shard& shard_;
};

}  // namespace telex::exchange
