#include "router/reply_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace telex::router {

ReplyTable::ReplyTable(ReactorIndex self, std::size_t max_pending, SecretSource secrets)
    : self_(self),
      // Slot numbers plus one must fit in 32 bits.
      max_pending_(std::min<std::size_t>(max_pending, std::numeric_limits<std::uint32_t>::max() - 1)
      ),
      secrets_(std::move(secrets)) {}

std::optional<ReplySubject> ReplyTable::open(
    Requester& requester, std::uint64_t request_id, TimePoint now, TimePoint deadline
) {
    if (is_full()) {
        return std::nullopt;
    }
    const std::uint32_t index = take_free_slot();
    Slot& slot = slots_[index];
    slot.secret = new_secret(slot);
    slot.request_id = request_id;
    slot.opened = now;
    slot.targets = 1;
    link(requester, index);
    deadlines_.push({deadline, index}, [&](std::uint32_t moved, std::uint32_t position) {
        slots_[moved].heap_position = position;
    });
    return ReplySubject({self_, index, slot.secret});
}

std::optional<ReplyTable::Pending> ReplyTable::displace_for(const Requester& requester) {
    // A requester that has most of the table is met almost certainly.
    constexpr int kLooks = 8;
    const Slot* most = nullptr;
    for (int look = 0; look < kLooks && !slots_.empty(); ++look) {
        const Slot& slot = slots_[secrets_() % slots_.size()];
        if (slot.requester != nullptr &&
            (most == nullptr || slot.requester->pending > most->requester->pending)) {
            most = &slot;
        }
    }
    if (most == nullptr || most->requester->pending <= requester.pending + 1) {
        return std::nullopt;
    }
    return release(static_cast<std::uint32_t>(most - slots_.data()));
}

std::uint32_t ReplyTable::take_free_slot() {
    if (free_ == 0) {
        slots_.emplace_back();
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = free_ - 1;
    free_ = slots_[index].next;
    return index;
}

// Differs from the slot's previous one, whatever the source returns: an old subject must not become
// valid again.
std::uint64_t ReplyTable::new_secret(const Slot& slot) const {
    const std::uint64_t secret = secrets_();
    return secret != slot.secret ? secret : secret + 1;
}

ReplyTable::Slot* ReplyTable::find(const ReplyAddress& address) {
    if (address.reactor != self_ || address.slot >= slots_.size()) {
        return nullptr;
    }
    Slot& slot = slots_[address.slot];
    return slot.requester == nullptr || slot.secret != address.secret ? nullptr : &slot;
}

std::optional<ReplyTable::Pending> ReplyTable::take(const ReplyAddress& address) {
    return find(address) == nullptr ? std::nullopt : std::optional(release(address.slot));
}

void ReplyTable::set_targets(const ReplyAddress& address, std::size_t targets) {
    if (Slot* const slot = find(address); slot != nullptr) {
        slot->targets = static_cast<std::uint32_t>(targets);
    }
}

void ReplyTable::add_targets(const ReplyAddress& address, std::size_t targets) {
    if (Slot* const slot = find(address); slot != nullptr) {
        slot->targets += static_cast<std::uint32_t>(targets);
    }
}

std::optional<ReplyTable::Pending> ReplyTable::take_if_last(const ReplyAddress& address) {
    Slot* const slot = find(address);
    if (slot == nullptr || --slot->targets > 0) {
        return std::nullopt;
    }
    return release(address.slot);
}

std::optional<ReplyTable::Pending> ReplyTable::take_expired(TimePoint now) {
    if (deadlines_.empty() || deadlines_.front().deadline > now) {
        return std::nullopt;
    }
    return release(deadlines_.front().slot);
}

void ReplyTable::close(Requester& requester) {
    while (requester.first != 0) {
        release(requester.first - 1);
    }
}

std::optional<TimePoint> ReplyTable::next_deadline() const {
    return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.front().deadline);
}

void ReplyTable::link(Requester& requester, std::uint32_t index) {
    Slot& slot = slots_[index];
    slot.requester = &requester;
    slot.previous = 0;
    slot.next = requester.first;
    if (slot.next != 0) {
        slots_[slot.next - 1].previous = index + 1;
    }
    requester.first = index + 1;
    ++requester.pending;
}

void ReplyTable::unlink(std::uint32_t index) {
    Slot& slot = slots_[index];
    if (slot.previous != 0) {
        slots_[slot.previous - 1].next = slot.next;
    } else {
        slot.requester->first = slot.next;
    }
    if (slot.next != 0) {
        slots_[slot.next - 1].previous = slot.previous;
    }
    --slot.requester->pending;
    slot.requester = nullptr;
}

ReplyTable::Pending ReplyTable::release(std::uint32_t index) {
    Slot& slot = slots_[index];
    const Pending released{slot.requester, slot.request_id, slot.opened};
    deadlines_.erase(slot.heap_position, [&](std::uint32_t moved, std::uint32_t position) {
        slots_[moved].heap_position = position;
    });
    unlink(index);
    slot.next = free_;
    free_ = index + 1;
    if (pending() == 0 && slots_.size() > kKeptSlots) {
        shrink();
    }
    return released;
}

// Late replies find no slot, or a later request under another secret.
void ReplyTable::shrink() {
    std::vector<Slot>().swap(slots_);
    free_ = 0;
    deadlines_ = {};
}

}  // namespace telex::router
