#include "server/listener/idle_slots.hpp"

namespace telex::server {

void IdleSlots::put(IdleSlot& slot, IdleSlot::Ticks active) {
    slot.key_ = {active, next_++};
    by_activity_.emplace(slot.key_, &slot);
}

void IdleSlots::add(IdleSlot& slot) {
    const std::scoped_lock lock(mutex_);
    put(slot, slot.active_.load(std::memory_order_relaxed));
}

bool IdleSlots::remove(IdleSlot& slot) {
    const std::scoped_lock lock(mutex_);
    const auto found = by_activity_.find(slot.key_);
    if (found == by_activity_.end() || found->second != &slot) {
        return false;
    }
    by_activity_.erase(found);
    return true;
}

bool IdleSlots::displace(TimePoint now) {
    const std::scoped_lock lock(mutex_);
    // Each slot is moved at most once, and examined once more there.
    for (std::size_t looks = 2 * by_activity_.size(); looks > 0; --looks) {
        const auto first = by_activity_.begin();
        IdleSlot& slot = *first->second;
        const IdleSlot::Ticks active = slot.active_.load(std::memory_order_relaxed);
        const bool is_current = active == first->first.first;
        by_activity_.erase(first);
        if (is_current) {
            slot.leave_();
            return true;
        }
        put(slot, active == IdleSlot::kWaits ? now.time_since_epoch().count() : active);
    }
    return false;
}

}  // namespace telex::server
