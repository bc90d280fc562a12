#pragma once
// Messages with very many targets: each is routed step by step, in slices of the reactor's queue,
// so that others are served meanwhile.
//
//   publish -> RoutingTable::route: very many -> begin: kept here, its publisher pauses
//           -> a slice, a slice, ... -> the end: the publisher goes on
//
// The next message of a publisher is routed after this one, so the order of its messages holds. A
// publisher that cannot pause has its messages routed whole.
//
// A target that leaves before its step does not get the message, one that comes meanwhile may not.
// Questions of its publisher (the number of receivers, whether a request has responders) are
// answered after the last step.
//
// Owner and thread: one shard.
#include "exchange/routed_message.hpp"

#include <cstddef>
#include <cstdint>
#include <list>

namespace telex::exchange {

class Shard;

class DividedMessages {
public:
    // This number are routed at a time, others wait: the routing tables look at each of them when a
    // subscription ends.
    static constexpr std::size_t kAtATime = 32;

    explicit DividedMessages(Shard& shard);
    ~DividedMessages();
    DividedMessages(const DividedMessages&) = delete;
    DividedMessages& operator=(const DividedMessages&) = delete;

    static bool may_divide(const RoutedMessage& routed) { return routed.publisher.can_pause; }

    // Keeps the message and pauses its publisher, a client of this shard.
    void begin(const RoutedMessage& routed);

    // That are not completely routed.
    std::size_t size() const { return messages_.size(); }

    // The number of calls of begin().
    std::uint64_t begun() const { return begun_; }

    // Charged for them.
    std::size_t memory() const { return memory_; }

private:
    class Message;

    void start_next();
    void end(const Message& message);

    Shard& shard_;
    std::list<Message> messages_;
    std::size_t started_ = 0;  // the first ones
    std::uint64_t begun_ = 0;
    std::size_t memory_ = 0;
};

}  // namespace telex::exchange
