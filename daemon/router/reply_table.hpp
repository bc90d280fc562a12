#pragma once
// The requests of one reactor's connections that wait for their reply.
//
//   open -> take           the reply arrived
//        \-> take_expired   the deadline passed
//        \-> close          the connection closed
//
// Each use of a slot has a new secret, so a late, repeated or guessed reply finds no request.
// Deadlines are in a binary heap that is linked with the slots: opening, taking and each expiry
// cost O(log n), and closing a connection costs O(its requests * log n). The table never holds more
// than `max_pending` requests. When it is full, a requester with fewer requests than another takes
// a place from it: no requester can keep the others out.
#include "base/time.hpp"
#include "router/deadline_heap.hpp"
#include "router/reply_subject.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace telex::router {

// One per connection that makes requests; it stays at its address while it has pending ones.
struct Requester {
    void* owner = nullptr;  // the connection, null once it has closed; not used by the table

    // Used by the reply table.
    std::size_t pending = 0;
    std::uint32_t first = 0;  // slot + 1; 0 for none
};

// Owner and thread: one reactor.
class ReplyTable {
    struct Slot {
        std::uint64_t secret = 0;
        std::uint64_t request_id = 0;
        TimePoint opened;
        Requester* requester = nullptr;  // null: free
        // Of the requester's list, or of the free slots; slot + 1, 0 ends the list.
        std::uint32_t next = 0;
        std::uint32_t previous = 0;
        std::uint32_t heap_position = 0;
        std::uint32_t targets = 1;
    };

public:
    // Bytes of one request in it; the table grows to twice what it needs.
    static constexpr std::size_t kEntryMemory = sizeof(Slot) + sizeof(DeadlineHeap::Entry);

    struct Pending {
        Requester* requester;
        std::uint64_t request_id;  // chosen by the client
        TimePoint opened;
    };

    // 64 bits from a cryptographic generator.
    using SecretSource = std::function<std::uint64_t()>;

    ReplyTable(ReactorIndex self, std::size_t max_pending, SecretSource secrets);

    // Returns nothing if the table is full.
    [[nodiscard]] std::optional<ReplySubject> open(
        Requester& requester, std::uint64_t request_id, TimePoint now, TimePoint deadline
    );
    // Takes a request out of a full table whose requester has at least two more than `requester`.
    // Returns nothing if none was found. It takes the same time however many there are.
    [[nodiscard]] std::optional<Pending> displace_for(const Requester& requester);
    // Removes and returns the request of this reply. Returns nothing for a late, repeated or
    // guessed reply.
    std::optional<Pending> take(const ReplyAddress& address);
    // The number of receivers of a request; one if it is not set.
    void set_targets(const ReplyAddress& address, std::size_t targets);
    void add_targets(const ReplyAddress& address, std::size_t targets);
    // One of them is absent: removes and returns the request if it was the last.
    std::optional<Pending> take_if_last(const ReplyAddress& address);

    // Removes and returns the request with the earliest deadline. Returns nothing if it is after
    // `now`.
    std::optional<Pending> take_expired(TimePoint now);

    // Removes the requests of a connection.
    void close(Requester& requester);

    // Removes one of them. Requires one.
    void close_one(Requester& requester) { release(requester.first - 1); }

    // When take_expired() must be called next. Nothing if no request is open.
    std::optional<TimePoint> next_deadline() const;

    std::size_t pending() const { return deadlines_.size(); }

    bool is_full() const { return pending() >= max_pending_; }

    // Of the whole table.
    std::size_t memory_bytes() const {
        return slots_.capacity() * sizeof(Slot) + deadlines_.memory_bytes();
    }

private:
    // Not worth freeing.
    static constexpr std::size_t kKeptSlots = 1'000;

    // Returns null if the request has ended.
    Slot* find(const ReplyAddress& address);
    std::uint32_t take_free_slot();
    std::uint64_t new_secret(const Slot& slot) const;
    void link(Requester& requester, std::uint32_t index);
    void unlink(std::uint32_t index);
    // Frees what many requests have taken. None may be pending.
    void shrink();
    Pending release(std::uint32_t index);

    ReactorIndex self_;
    std::size_t max_pending_;
    SecretSource secrets_;
    std::vector<Slot> slots_;
    std::uint32_t free_ = 0;  // slot + 1
    DeadlineHeap deadlines_;
};

}  // namespace telex::router
