#pragma once
// Counts the messages between the I/O thread, which queues them, and the application, which takes
// them. Each end has one writer at a time, so that counting is a load and a store without a lock;
// any thread may read. A taker has received the message from its queue, which synchronises both.
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace telex::client {

class PendingCounts {
public:
    PendingCounts(std::uint64_t max_messages, std::uint64_t max_bytes)
        : max_messages_(max_messages), max_bytes_(max_bytes) {}

    // --- any thread -----------------------------------------------------------------------------
    std::uint64_t received() const { return value(queued_.messages) + dropped(); }

    std::uint64_t dropped() const { return value(dropped_); }

    std::uint64_t taken() const { return value(taken_.messages); }

    // The taken ones first: both only grow, so that the difference is not negative.
    std::uint64_t pending_messages() const {
        const std::uint64_t taken = value(taken_.messages);
        return value(queued_.messages) - taken;
    }

    std::uint64_t pending_bytes() const {
        const std::uint64_t taken = value(taken_.bytes);
        return value(queued_.bytes) - taken;
    }

    // --- I/O thread -----------------------------------------------------------------------------
    // Returns whether a message of this size may be queued. Reads what the application has taken
    // only if the last known state has no room: the other thread writes it for each message.
    bool has_room(std::uint64_t bytes) {
        if (fits(bytes)) {
            return true;
        }
        known_bytes_ = value(taken_.bytes);
        known_messages_ = value(taken_.messages);
        return fits(bytes);
    }

    void queue(std::uint64_t bytes) {
        add(queued_.bytes, bytes);
        add(queued_.messages, 1);
    }

    // Returns true for the first drop of an episode, which ends when the application takes messages
    // until at most half of the limit is pending.
    [[nodiscard]] bool drop() {
        add(dropped_, 1);
        return !drop_reported_.exchange(true);
    }

    // --- the application, one thread at a time --------------------------------------------------
    void take(std::uint64_t bytes) {
        add(taken_.bytes, bytes);
        add(taken_.messages, 1);
        if (drop_reported_ && pending_messages() <= max_messages_ / 2) {
            drop_reported_ = false;
        }
    }

private:
    using Count = std::atomic<std::uint64_t>;

    struct alignas(64) Counts {  // a cache line for each writer
        Count messages{0};
        Count bytes{0};
    };

    static std::uint64_t value(const Count& count) { return count.load(std::memory_order_acquire); }

    static void add(Count& count, std::uint64_t number) {
        count.store(count.load(std::memory_order_relaxed) + number, std::memory_order_release);
    }

    // As if everything behind the known state were pending. One message of any size fits.
    bool fits(std::uint64_t bytes) const {
        const std::uint64_t messages = value(queued_.messages) - known_messages_;
        const std::uint64_t pending = value(queued_.bytes) - known_bytes_;
        return messages < max_messages_ &&
               (messages == 0 || (pending <= max_bytes_ && bytes <= max_bytes_ - pending));
    }

    const std::uint64_t max_messages_;
    const std::uint64_t max_bytes_;
    std::atomic<bool> drop_reported_{false};
    Counts taken_;
    Counts queued_;
    // I/O thread
    Count dropped_{0};
    std::uint64_t known_messages_ = 0;
    std::uint64_t known_bytes_ = 0;
};

}  // namespace telex::client
