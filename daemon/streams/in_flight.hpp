#pragma once
// The records that a consumer has taken from its stream and that are not settled, by sequence.
//
// All that is below the first one is settled, and so is all between them up to the consumer's
// cursor: the settled ones need no memory. 56 bytes for each that is not.
#include "base/time.hpp"
#include "streams/sequence.hpp"
#include "streams/subject_index.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::streams {

// A participant of a consumer, such as a connection. The caller chooses the numbers; not 0.
using MemberId = std::uint32_t;

inline constexpr MemberId kNoMember = 0;

enum class FlightState : std::uint8_t {
    settled,  // a gap in the list
    waiting,  // for the acknowledgement, until the deadline
    delayed,  // delivered again at the deadline
    due,      // delivered again as soon as a member has credit
    parked,   // not delivered: an earlier record of its key is not settled
    dead,     // waits until its dead letter is stored; tried again at the deadline
};

struct Flight {
    Sequence sequence = kNoSequence;
    std::uint64_t key = 0;  // hash; 0 without key affinity
    TimePoint deadline = TimePoint::max();
    Sequence next_of_key = kNoSequence;
    MemberId member = kNoMember;
    SubjectRef subject = kNoSubject;
    std::uint32_t attempts = 0;
    FlightState state = FlightState::waiting;
    bool queued = false;      // in a queue of records that are due
    bool flagged = false;     // may have been delivered before a restart
    bool terminated = false;  // the reason of `dead`: a member gave it up
};

// Owner: ConsumerState. One thread. References are valid until the next add() or settle().
class InFlight {
public:
    // Requires a sequence above all present ones.
    Flight& add(const Flight& flight);

    // Returns null if the record is not in flight.
    Flight* find(Sequence sequence);
    const Flight* find(Sequence sequence) const;

    // Removes a flight.
    void settle(Flight& flight);

    std::size_t size() const { return live_; }

    bool empty() const { return live_ == 0; }

    // Requires a flight.
    Sequence first() const { return flights_[begin_].sequence; }

    // Calls function(flight) for each flight in ascending order. It must not add or settle one.
    template <class Function>
    void for_each(Function&& function) {
        for (std::size_t at = begin_; at < flights_.size(); ++at) {
            if (flights_[at].state != FlightState::settled) {
                function(flights_[at]);
            }
        }
    }

    template <class Function>
    void for_each(Function&& function) const {
        for (std::size_t at = begin_; at < flights_.size(); ++at) {
            if (flights_[at].state != FlightState::settled) {
                function(flights_[at]);
            }
        }
    }

    std::size_t memory_bytes() const { return flights_.capacity() * sizeof(Flight); }

private:
    std::size_t index_of(Sequence sequence) const;
    void compact();

    std::vector<Flight> flights_;  // by sequence
    std::size_t begin_ = 0;        // the first that is not settled
    std::size_t live_ = 0;
};

}  // namespace telex::streams
