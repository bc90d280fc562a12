#include "server/listener/seats.hpp"

namespace telex::server {

void Seats::put(Seat& seat, Seat::Ticks active) {
    seat.key_ = {active, next_++};
    by_activity_.emplace(seat.key_, &seat);
}

void Seats::add(Seat& seat) {
    const std::scoped_lock lock(mutex_);
    put(seat, seat.active_.load(std::memory_order_relaxed));
}

bool Seats::remove(Seat& seat) {
    const std::scoped_lock lock(mutex_);
    const auto found = by_activity_.find(seat.key_);
    if (found == by_activity_.end() || found->second != &seat) {
        return false;
    }
    by_activity_.erase(found);
    return true;
}

bool Seats::displace(session::TimePoint now) {
    const std::scoped_lock lock(mutex_);
    // Each seat is put where it belongs at most once, and looked at once more there.
    for (std::size_t looks = 2 * by_activity_.size(); looks > 0; --looks) {
        const auto first = by_activity_.begin();
        Seat& seat = *first->second;
        const Seat::Ticks active = seat.active_.load(std::memory_order_relaxed);
        const bool is_current = active == first->first.first;
        by_activity_.erase(first);
        if (is_current) {
            seat.leave_();
            return true;
        }
        put(seat, active == Seat::kWaits ? now.time_since_epoch().count() : active);
    }
    return false;
}

}  // namespace telex::server
