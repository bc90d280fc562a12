#include "streams/message_ids.hpp"

#include "base/allocated.hpp"

#include <algorithm>
#include <utility>

namespace telex::streams {

Sequence MessageIds::find(IdHash id) const {
    // The newest first: a publisher repeats what it just sent.
    for (auto bucket = buckets_.rbegin(); bucket != buckets_.rend(); ++bucket) {
        const std::size_t mask = bucket->slots.size() - 1;
        std::size_t at = id.low & mask;
        while (bucket->slots[at].sequence != kNoSequence) {
            if (bucket->slots[at].id == id) {
                return bucket->slots[at].sequence;
            }
            at = (at + 1) & mask;
        }
    }
    return kNoSequence;
}

void MessageIds::place(Bucket& bucket, const Slot& slot) {
    const std::size_t mask = bucket.slots.size() - 1;
    std::size_t at = slot.id.low & mask;
    while (bucket.slots[at].sequence != kNoSequence) {
        at = (at + 1) & mask;
    }
    bucket.slots[at] = slot;
}

MessageIds::Bucket& MessageIds::bucket_for(std::int64_t number) {
    const auto place = std::lower_bound(
        buckets_.begin(),
        buckets_.end(),
        number,
        [](const Bucket& bucket, std::int64_t wanted) { return bucket.number < wanted; }
    );
    if (place != buckets_.end() && place->number == number) {
        return *place;
    }
    Bucket bucket;
    bucket.number = number;
    // A table of the size that the last one had does not have to grow.
    bucket.slots = std::move(spare_);
    spare_.clear();
    if (bucket.slots.empty()) {
        bucket.slots.resize(kMinSlots);
        memory_ += allocated(kMinSlots * sizeof(Slot));
    }
    return *buckets_.insert(place, std::move(bucket));
}

void MessageIds::grow(Bucket& bucket) {
    const std::size_t size = bucket.slots.size();
    std::vector<Slot> old = std::exchange(bucket.slots, std::vector<Slot>(size * 2));
    memory_ += allocated(size * 2 * sizeof(Slot)) - allocated(size * sizeof(Slot));
    for (const Slot& slot : old) {
        if (slot.sequence != kNoSequence) {
            place(bucket, slot);
        }
    }
}

void MessageIds::add(IdHash id, Sequence sequence, Time time, Time now) {
    const std::int64_t number = number_of(time);
    if (is_expired(number, now)) {
        return;
    }
    Bucket& bucket = bucket_for(number);
    if ((bucket.used + 1) * 4 > bucket.slots.size() * 3) {
        grow(bucket);
    }
    place(bucket, {id, sequence});
    ++bucket.used;
    ++size_;
    bucket.lowest = bucket.lowest == kNoSequence ? sequence : std::min(bucket.lowest, sequence);
}

// Entries that were probed across the slot move into it: otherwise they could not be found.
void MessageIds::clear_slot(Bucket& bucket, std::size_t slot) {
    const std::size_t mask = bucket.slots.size() - 1;
    for (std::size_t at = (slot + 1) & mask; bucket.slots[at].sequence != kNoSequence;
         at = (at + 1) & mask) {
        const std::size_t from_home = (at - bucket.slots[at].id.low) & mask;
        if (from_home >= ((at - slot) & mask)) {
            bucket.slots[slot] = bucket.slots[at];
            slot = at;
        }
    }
    bucket.slots[slot] = {};
}

void MessageIds::remove(IdHash id) {
    for (Bucket& bucket : buckets_) {
        const std::size_t mask = bucket.slots.size() - 1;
        std::size_t at = id.low & mask;
        while (bucket.slots[at].sequence != kNoSequence && bucket.slots[at].id != id) {
            at = (at + 1) & mask;
        }
        if (bucket.slots[at].sequence != kNoSequence) {
            clear_slot(bucket, at);
            --bucket.used;
            --size_;
            return;
        }
    }
}

void MessageIds::expire(Time now) {
    while (!buckets_.empty() && is_expired(buckets_.front().number, now)) {
        Bucket bucket = std::move(buckets_.front());
        buckets_.pop_front();
        size_ -= bucket.used;
        const bool keep =
            !buckets_.empty() && spare_.empty() && bucket.used * 8 >= bucket.slots.size();
        if (keep) {
            std::fill(bucket.slots.begin(), bucket.slots.end(), Slot{});
            spare_ = std::move(bucket.slots);
        } else {
            memory_ -= allocated(bucket.slots.size() * sizeof(Slot));
        }
    }
}

Time MessageIds::next_expiry() const {
    if (buckets_.empty()) {
        return kNoDeadline;
    }
    return Time((buckets_.front().number + 1) * width_) + window_;
}

Sequence MessageIds::lowest_sequence() const {
    Sequence lowest = kNoSequence;
    for (const Bucket& bucket : buckets_) {
        lowest = lowest == kNoSequence ? bucket.lowest : std::min(lowest, bucket.lowest);
    }
    return lowest;
}

std::size_t MessageIds::growth_bytes(Time time) const {
    const std::int64_t number = number_of(time);
    if (buckets_.empty() || buckets_.back().number != number) {
        return spare_.empty() ? allocated(kMinSlots * sizeof(Slot)) : 0;
    }
    const Bucket& bucket = buckets_.back();
    const bool grows = (bucket.used + 1) * 4 > bucket.slots.size() * 3;
    return grows ? allocated(bucket.slots.size() * 2 * sizeof(Slot)) : 0;
}

}  // namespace telex::streams
