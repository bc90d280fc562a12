#include "streams/key_affinity.hpp"

#include "match/random.hpp"

namespace telex::streams {

MemberId KeyAffinity::choose(std::uint64_t key) const {
    MemberId best = kNoMember;
    std::uint64_t best_weight = 0;
    members_.for_each([&](MemberId member) {
        const std::uint64_t weight =
            match::SplitMix64(key ^ (member * 0x9e3779b97f4a7c15ULL)).next();
        if (best == kNoMember || weight > best_weight) {
            best = member;
            best_weight = weight;
        }
    });
    return best;
}

Sequence KeyAffinity::deliverable(const Key& key) const {
    std::uint32_t waiting = 0;
    for (Sequence at = key.head; at != kNoSequence;) {
        const Flight* const flight = flights_.find(at);
        if (flight->state == FlightState::parked || flight->state == FlightState::due) {
            return at;
        }
        if (flight->state != FlightState::waiting || ++waiting >= max_per_key_) {
            return kNoSequence;
        }
        at = flight->next_of_key;
    }
    return kNoSequence;
}

void KeyAffinity::update(std::uint64_t hash, Key& key) {
    if (key.waiting == 0) {
        if (const MemberId owner = choose(hash); owner != key.owner) {
            key.owner = owner;
            key.ready = false;  // the entry in the old queue is skipped
        }
    }
    if (!key.ready && key.owner != kNoMember && deliverable(key) != kNoSequence) {
        key.ready = true;
        ready_[key.owner].push_back(hash);
    }
}

void KeyAffinity::add(Flight& flight) {
    Key& key = keys_[flight.key];
    if (key.tail != kNoSequence) {
        flights_.find(key.tail)->next_of_key = flight.sequence;
    } else {
        key.head = flight.sequence;
    }
    key.tail = flight.sequence;
    flight.next_of_key = kNoSequence;
    update(flight.key, key);
}

void KeyAffinity::remove(const Flight& flight) {
    const auto found = keys_.find(flight.key);
    Key& key = found->second;
    Flight* before = nullptr;
    for (Sequence at = key.head; at != flight.sequence;) {
        before = flights_.find(at);
        at = before->next_of_key;
    }
    (before != nullptr ? before->next_of_key : key.head) = flight.next_of_key;
    if (key.tail == flight.sequence) {
        key.tail = before != nullptr ? before->sequence : kNoSequence;
    }
    key.waiting -= flight.state == FlightState::waiting ? 1U : 0U;
    if (key.head == kNoSequence) {
        keys_.erase(found);
    } else {
        update(flight.key, key);
    }
}

void KeyAffinity::changed(std::uint64_t key, int waiting) {
    const auto found = keys_.find(key);
    if (found != keys_.end()) {
        found->second.waiting += static_cast<std::uint32_t>(waiting);
        update(key, found->second);
    }
}

void KeyAffinity::rebalance() {
    std::erase_if(ready_, [&](const auto& queue) { return !members_.contains(queue.first); });
    for (auto& [hash, key] : keys_) {
        if (!members_.contains(key.owner)) {
            key.owner = kNoMember;
            key.ready = false;
        }
        update(hash, key);
    }
}

Sequence KeyAffinity::next_for(MemberId member) {
    const auto queue = ready_.find(member);
    while (queue != ready_.end() && !queue->second.empty()) {
        const std::uint64_t hash = queue->second.front();
        queue->second.pop_front();
        const auto found = keys_.find(hash);
        if (found == keys_.end() || found->second.owner != member || !found->second.ready) {
            continue;
        }
        found->second.ready = false;
        if (const Sequence next = deliverable(found->second); next != kNoSequence) {
            return next;
        }
    }
    return kNoSequence;
}

MemberId KeyAffinity::owner_of(std::uint64_t key) const {
    const auto found = keys_.find(key);
    return found != keys_.end() ? found->second.owner : choose(key);
}

std::size_t KeyAffinity::memory_bytes() const {
    // A node and a place in the table for each key, an entry in a queue, a queue for each member.
    constexpr std::size_t kEntry = sizeof(Key) + 64;
    constexpr std::size_t kQueue = sizeof(std::deque<std::uint64_t>) + 576;
    return keys_.size() * kEntry + ready_.size() * kQueue;
}

}  // namespace telex::streams
