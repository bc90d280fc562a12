#pragma once
// Slots of a listener whose peers cannot be pinged (protocol raw): if all are taken, a new
// connection displaces the one that has been silent for the longest time.
//
// An idle slot belongs to one connection, whose reactor notes the activity of its peer. A new
// connection, on any reactor, takes the slot at once and asks the former owner to leave. A
// connection that waits for a reply is not silent.
//
// The order is updated only when a slot is searched: the cost is bounded by the activity of the
// peers since the last search.
#include "base/time.hpp"
#include "session/transport.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace telex::server {

// Owned by the connection. Thread: the reactor's, except where noted.
class IdleSlot {
public:
    // `leave` is called at most once, on any thread, between IdleSlots::add and remove.
    IdleSlot(std::function<void()> leave, TimePoint now)
        : leave_(std::move(leave)), active_(now.time_since_epoch().count()) {}

    IdleSlot(const IdleSlot&) = delete;
    IdleSlot& operator=(const IdleSlot&) = delete;

    // Notes the last activity of the peer, and whether it waits for a reply.
    void note(TimePoint when, bool waits) {
        active_.store(waits ? kWaits : when.time_since_epoch().count(), std::memory_order_relaxed);
    }

private:
    friend class IdleSlots;

    using Ticks = TimePoint::rep;
    static constexpr Ticks kWaits = -1;

    const std::function<void()> leave_;
    std::atomic<Ticks> active_;
    std::pair<Ticks, std::uint64_t> key_;  // guarded by the mutex of IdleSlots
};

// Thread: any.
class IdleSlots {
public:
    // The slot must keep its address until it is removed.
    void add(IdleSlot& slot);

    // Returns false if a new connection has taken the slot.
    bool remove(IdleSlot& slot);

    // Takes the most silent slot for a new connection. Returns false if there is none, or all wait
    // for replies.
    bool displace(TimePoint now);

private:
    using Key = std::pair<IdleSlot::Ticks, std::uint64_t>;

    void put(IdleSlot& slot, IdleSlot::Ticks active);

    std::mutex mutex_;
    std::map<Key, IdleSlot*> by_activity_;  // as of the last search; the most silent first
    std::uint64_t next_ = 0;                // orders equals by their arrival
};

}  // namespace telex::server
