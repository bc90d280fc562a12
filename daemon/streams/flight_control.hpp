#pragma once
// The way of a record through a consumer, from its first delivery until it is settled:
//
//              deliver          ack, term
//   [ parked ] ------> [ waiting ] ------> settled
//    key affinity        |    ^
//            nak, time-out    | redeliver()
//                        v    |
//                    [ delayed, due ] ------> [ dead ] ------> settled
//                                  max_deliveries    dead_letter_stored()
//
// Back-off replaces the wait for the acknowledgement of an attempt, and is also the delay after a
// nak without one.
#include "base/time.hpp"
#include "streams/consumer_options.hpp"
#include "streams/consumer_output.hpp"
#include "streams/consumer_snapshot.hpp"
#include "streams/in_flight.hpp"
#include "streams/key_affinity.hpp"
#include "streams/members.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace telex::streams {

// Owner: ConsumerState. One thread. Outputs are appended to the caller's object. Functions that
// return bool return false if the record is not in the state that they require.
class FlightControl {
public:
    // Both outlive this object.
    FlightControl(const ConsumerOptions& options, Members& members)
        : options_(options),
          members_(members),
          keys_(flights_, members, options.max_in_flight_per_key) {}

    // Adds records that are delivered to the member now. `flagged`: they may have been before.
    void add_delivered(
        std::span<const Candidate> records, MemberId member, bool flagged, TimePoint now
    );
    // Adds records that are delivered when it is the turn of their keys.
    void park(std::span<const Candidate> records, Sequence flagged_until);
    void restore(const StoredFlight& stored, const Candidate& record, TimePoint now);
    // Delivers records that are due, as far as members have credit.
    void redeliver(TimePoint now, ConsumerOutput& out);

    bool ack(Sequence sequence, ConsumerOutput& out);
    // Settles all records up to `sequence`. Returns false if there are none.
    bool ack_all(Sequence sequence, ConsumerOutput& out);
    bool nak(Sequence sequence, std::optional<Duration> delay, TimePoint now, ConsumerOutput& out);
    bool in_progress(Sequence sequence, TimePoint now);
    bool term(Sequence sequence, TimePoint now, ConsumerOutput& out);
    bool dead_letter_stored(Sequence sequence, ConsumerOutput& out);
    bool forget(Sequence sequence, ConsumerOutput& out);
    void forget_before(Sequence first, ConsumerOutput& out);

    void member_joined() {
        if (options_.key_affinity) {
            keys_.rebalance();
        }
    }

    // The member is no longer among the members.
    void member_left(MemberId member, TimePoint now, ConsumerOutput& out);

    void expire(TimePoint now, ConsumerOutput& out);

    // No flight has an earlier deadline.
    TimePoint next_deadline() const { return earliest_; }

    const InFlight& flights() const { return flights_; }

    const KeyAffinity& keys() const { return keys_; }

    std::vector<StoredFlight> image(TimePoint now) const;

    std::size_t memory_bytes() const;

private:
    void redeliver_keyed(TimePoint now, ConsumerOutput& out);
    void deliver(Flight& flight, MemberId member, TimePoint now, ConsumerOutput& out);
    void set_state(Flight& flight, FlightState state, TimePoint deadline);
    void make_due(Flight& flight);
    void fail(Flight& flight, Duration delay, TimePoint now, ConsumerOutput& out);
    void die(Flight& flight, TimePoint now, ConsumerOutput& out);
    void settle(Flight& flight, bool removable, ConsumerOutput& out);
    void expire_one(Flight& flight, TimePoint now, ConsumerOutput& out);
    TimePoint deadline_after(Duration wait, TimePoint now);
    Duration wait_of(std::uint32_t attempt) const;

    const ConsumerOptions& options_;
    Members& members_;
    InFlight flights_;
    KeyAffinity keys_;
    std::deque<Sequence> due_;  // without key affinity; settled ones are skipped
    TimePoint earliest_ = TimePoint::max();
    std::vector<Sequence> scratch_;
};

}  // namespace telex::streams
