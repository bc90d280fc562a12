#pragma once
// Places of a listener whose peers give no sign of life of their own (protocol raw): when all are
// taken, the connection that has been silent for longest makes room for a newcomer.
//
// A seat is one such connection. Its reactor notes when its peer was active; a newcomer, on any
// reactor, takes the place of the most silent one at once and asks it to leave. A connection that
// waits for an answer is not silent.
//
// The order is brought up to date only when somebody looks for the most silent seat: what that
// costs is bounded by what the peers have done meanwhile.
#include "session/transport.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace telex::server {

// Owner: the connection. Thread: the reactor's, except where said.
class Seat {
public:
    // `leave` is called at most once, on any thread, while the seat is among the seats.
    Seat(std::function<void()> leave, session::TimePoint now)
        : leave_(std::move(leave)), active_(now.time_since_epoch().count()) {}

    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    // The peer was active at `when`, and waits for an answer or does not.
    void note(session::TimePoint when, bool waits) {
        active_.store(waits ? kWaits : when.time_since_epoch().count(), std::memory_order_relaxed);
    }

private:
    friend class Seats;

    using Ticks = session::TimePoint::rep;
    static constexpr Ticks kWaits = -1;

    const std::function<void()> leave_;
    std::atomic<Ticks> active_;
    std::pair<Ticks, std::uint64_t> key_;  // in Seats; of Seats' mutex
};

// Thread: any.
class Seats {
public:
    // The seat has a place of the listener and stays where it is until it is removed.
    void add(Seat& seat);

    // Returns false when a newcomer has taken the place.
    bool remove(Seat& seat);

    // Takes the place of the most silent seat for a newcomer. Returns false when there is none, or
    // all wait for answers.
    bool displace(session::TimePoint now);

private:
    using Key = std::pair<Seat::Ticks, std::uint64_t>;

    void put(Seat& seat, Seat::Ticks active);

    std::mutex mutex_;
    std::map<Key, Seat*> by_activity_;  // as it was last known, the most silent first
    std::uint64_t next_ = 0;            // of equals, the one that came first
};

}  // namespace telex::server
