#pragma once
// The queue of a detachable client: messages, and outcomes among them.
//
//   in flight (on their way to the attachment) -> outcomes -> waiting (begins with a message)
//
// Outcomes that come to stand before the first message move to the part before it. So the oldest
// message that may be dropped is always found at a front, however many outcomes or items in flight
// stand before it.
//
// Owned by the detachable client, on its thread. Knows neither limits nor books.
#include "base/ring.hpp"
#include "exchange/attachment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::exchange {

class DetachableQueue {
public:
    bool empty() const { return in_flight_.empty() && all_in_flight(); }

    // Returns true if each message was sent to the attachment.
    bool all_in_flight() const { return outcomes_.empty() && waiting_.empty(); }

    std::size_t in_flight() const { return in_flight_.size(); }

    // Of the messages in flight.
    std::size_t in_flight_bytes() const { return in_flight_bytes_; }

    void push(QueuedItem item);
    // Takes the oldest item that is not in flight. Requires that there is one.
    QueuedItem take_next();
    // Moves the oldest item that is not in flight there, and returns it. Requires that there is
    // one.
    const QueuedItem& send_next();
    // Takes the oldest item in flight. Requires that there is one.
    QueuedItem take_sent();
    // Takes the oldest message that is not in flight.
    std::optional<QueuedItem> take_oldest_message();
    // Items in flight wait again, and outcomes for other attachments than this are forgotten.
    // 0: for all.
    void return_sent(std::uint64_t attachment);
    // Frees what an empty queue holds.
    void shrink();

    // Moves of an item from part to part: tests check that the work is linear.
    std::uint64_t moves() const { return moves_; }

private:
    void move_leading_outcomes();

    Ring<QueuedItem> in_flight_;
    Ring<QueuedItem> outcomes_;
    Ring<QueuedItem> waiting_;
    std::size_t in_flight_bytes_ = 0;
    std::uint64_t moves_ = 0;
};

}  // namespace telex::exchange
