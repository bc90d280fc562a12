#pragma once
// Key affinity: the records of one key go to one member at a time, in their order.
//
// A key has an owner as long as records of it are in flight. A key without records in flight is not
// remembered: its owner follows from the key and the members by rendezvous hashing, so that a
// member that joins or leaves moves only its share of the keys.
//
//   member joins    keys of which no record waits for an acknowledgement move at once; the others
//                   when their last acknowledgement has come. Two members never have one key.
//   member leaves   its records are due again, and its keys move at once.
//
// The records of a key form a list. The first one that does not wait for an acknowledgement is the
// next to deliver, but not before its delay has passed, and not beyond max_in_flight_per_key.
#include "streams/in_flight.hpp"
#include "streams/members.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace telex::streams {

// Owner: ConsumerState. One thread.
class KeyAffinity {
public:
    // The flights are those of the same consumer and outlive this object.
    KeyAffinity(InFlight& flights, const Members& members, std::uint32_t max_per_key)
        : flights_(flights), members_(members), max_per_key_(max_per_key) {}

    // A flight was added: the newest of its key.
    void add(Flight& flight);
    // A flight is about to be settled.
    void remove(const Flight& flight);
    // Flights of the key changed their state. `waiting`: the change of the number that waits.
    void changed(std::uint64_t key, int waiting);
    // Members came or went.
    void rebalance();

    // Returns the next record to deliver to the member, or kNoSequence. The caller delivers it and
    // calls changed().
    Sequence next_for(MemberId member);

    MemberId owner_of(std::uint64_t key) const;

    std::size_t memory_bytes() const;

private:
    struct Key {
        Sequence head = kNoSequence;
        Sequence tail = kNoSequence;
        std::uint32_t waiting = 0;  // flights that wait for an acknowledgement
        MemberId owner = kNoMember;
        bool ready = false;  // in the queue of its owner
    };

    MemberId choose(std::uint64_t key) const;
    Sequence deliverable(const Key& key) const;
    void update(std::uint64_t hash, Key& key);

    InFlight& flights_;
    const Members& members_;
    std::uint32_t max_per_key_;
    std::unordered_map<std::uint64_t, Key> keys_;
    std::unordered_map<MemberId, std::deque<std::uint64_t>>
        ready_;  // keys with a deliverable record
};

}  // namespace telex::streams
