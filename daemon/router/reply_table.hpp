#pragma once
// The requests of one reactor's connections that wait for their answer.
//
//   open -> take      the answer came, once
//        \-> expire   its time is over
//        \-> close    its connection went
//
// A slot is used again under a new secret, so a late or second answer, and a guess, finds nothing
// and disturbs nothing. Deadlines are in a binary heap that knows its slots: opening, taking and
// each expiry cost O(log n), and closing a connection costs O(its requests * log n). The table
// never holds more than `max_pending` requests.
#include "base/result.hpp"
#include "router/deadline_heap.hpp"
#include "router/reply_subject.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace telex::router {

// One per connection that makes requests; it stays at its address while it has pending ones.
// Owner: the connection.
struct Requester {
    void* owner = nullptr;  // the connection; the table never looks
    std::size_t max_pending = 0;

    // Notes of the reply table.
    std::size_t pending = 0;
    std::uint32_t first = 0;  // slot + 1; 0 for none
};

// Owner and thread: one reactor.
class ReplyTable {
public:
    enum class Refusal : std::uint8_t { table_full, requester_full };

    struct Pending {
        Requester* requester;
        std::uint64_t request_id;  // the client's
        TimePoint opened;
    };

    // 64 bits from a cryptographic generator.
    using SecretSource = std::function<std::uint64_t()>;

    ReplyTable(ReactorIndex self, std::size_t max_pending, SecretSource secrets);

    [[nodiscard]] Result<ReplySubject, Refusal> open(
        Requester& requester, std::uint64_t request_id, TimePoint now, TimePoint deadline
    );
    // The request that this answers, which is over with it. Returns nothing for a late, repeated or
    // guessed reply.
    std::optional<Pending> take(const ReplyAddress& address);

    // Calls on_timeout(Pending) for every request whose deadline is not after `now`, when it is
    // already out of the table; it may open new ones.
    template <class Function>
    void expire(TimePoint now, Function&& on_timeout) {
        // No more than there are now: requests opened meanwhile wait for the next call.
        for (std::size_t left = pending(); left > 0; --left) {
            if (deadlines_.empty() || deadlines_.front().deadline > now) {
                return;
            }
            on_timeout(release(deadlines_.front().slot));
        }
    }

    // Forgets the requests of a connection.
    void close(Requester& requester);

    // When expire() will have something to do.
    std::optional<TimePoint> next_deadline() const;

    std::size_t pending() const { return deadlines_.size(); }

private:
    struct Slot {
        std::uint64_t secret = 0;
        std::uint64_t request_id = 0;
        TimePoint opened;
        Requester* requester = nullptr;  // null: free
        // Of the requester's list, or of the free slots; slot + 1, 0 ends the list.
        std::uint32_t next = 0;
        std::uint32_t previous = 0;
        std::uint32_t heap_position = 0;
    };

    std::uint32_t take_free_slot();
    std::uint64_t new_secret(const Slot& slot) const;
    void link(Requester& requester, std::uint32_t index);
    void unlink(std::uint32_t index);
    Pending release(std::uint32_t index);

    ReactorIndex self_;
    std::size_t max_pending_;
    SecretSource secrets_;
    std::vector<Slot> slots_;
    std::uint32_t free_ = 0;  // slot + 1
    DeadlineHeap deadlines_;
};

}  // namespace telex::router
