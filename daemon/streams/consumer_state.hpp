#pragma once
// The state machine of a consumer: which record goes to which member, and when it is settled.
//
// The caller reads records from `cursor()` on, keeps those that the filters select, and offers
// them. Records are handed out in runs. After each event, call redeliver() and then offer(): what
// is due again goes before new records. FlightControl has the states of a record.
//
// Restarts. A snapshot is stored with a commit, at most ten times a second. Deliveries between the
// last snapshot and a crash are not known afterwards. So a snapshot also reserves the sequences
// that may be delivered before the next one is stored (`kReserved`); a record beyond waits. After a
// restart, every record in flight and every reserved one is delivered as `redelivered`: a duplicate
// is always flagged (G4), and records that were certainly not delivered are not.
//
// A restart does not use up an attempt: a record that was delivered max_deliveries times without a
// known outcome is delivered once more before it is a dead letter.
#include "base/result.hpp"
#include "base/time.hpp"
#include "streams/consumer_options.hpp"
#include "streams/consumer_output.hpp"
#include "streams/consumer_snapshot.hpp"
#include "streams/flight_control.hpp"
#include "streams/members.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace telex::streams {

// Owner: the storage thread or a reactor. One thread. Outputs are appended to the caller's object.
// Times are of the steady clock. Members refer to each other: the object does not move.
class ConsumerState {
public:
    // Sequences that a snapshot reserves for deliveries.
    static constexpr Sequence kReserved = 65'536;

    // A new consumer. Requires options that pass check(). A durable one delivers nothing until its
    // first snapshot is stored.
    ConsumerState(ConsumerOptions options, const StartPoint& start, TimePoint now);
    // A durable consumer after a restart. `records`: the keys and subjects of the image's flights,
    // by sequence; flights whose record is missing are settled.
    ConsumerState(
        ConsumerOptions options,
        const ConsumerImage& image,
        std::span<const Candidate> records,
        TimePoint now
    );
    ConsumerState(const ConsumerState&) = delete;
    ConsumerState& operator=(const ConsumerState&) = delete;

    // --- members --------------------------------------------------------------------------------
    void join(MemberId member, TimePoint now);
    // Its records in flight are due again.
    void leave(MemberId member, TimePoint now, ConsumerOutput& out);
    [[nodiscard]] Result<void, PullError> pull(MemberId member, const Pull& pull, TimePoint now);

    // Ends the pulls that do not wait. Call it when no record is left to offer.
    void end_no_wait(ConsumerOutput& out) { members_.end_no_wait(out.ended); }

    // --- delivery -------------------------------------------------------------------------------
    // The next sequence to read for offer().
    Sequence cursor() const { return cursor_; }

    // The number of records that offer() would take now.
    std::size_t room() const;
    // Takes records from the front of `candidates`, which are all that the filters select from the
    // cursor on, and moves the cursor behind them. Returns their number.
    std::size_t offer(std::span<const Candidate> candidates, TimePoint now, ConsumerOutput& out);
    // Moves the cursor behind `last`: the filters select no further record up to there.
    void skip_to(Sequence last);
    // Delivers records that are due again.
    void redeliver(TimePoint now, ConsumerOutput& out);

    // --- outcomes -------------------------------------------------------------------------------
    // Return false if the record is not in flight, such as for a second acknowledgement.
    bool ack(Sequence sequence, TimePoint now, ConsumerOutput& out);
    // Without a delay: after the back-off of the attempt, or at once if there is none.
    bool nak(Sequence sequence, std::optional<Duration> delay, TimePoint now, ConsumerOutput& out);
    // The wait for the acknowledgement begins again.
    bool in_progress(Sequence sequence, TimePoint now);
    bool term(Sequence sequence, TimePoint now, ConsumerOutput& out);

    // A dead letter is on the disk.
    bool dead_letter_stored(Sequence sequence, ConsumerOutput& out) {
        return flights_.dead_letter_stored(sequence, out);
    }

    // The stream has removed the record, or all below `first`.
    bool forget(Sequence sequence, ConsumerOutput& out) { return flights_.forget(sequence, out); }

    void forget_before(Sequence first, ConsumerOutput& out);

    // --- time -----------------------------------------------------------------------------------
    void expire(TimePoint now, ConsumerOutput& out);
    // TimePoint::max() if expire() will have no work.
    TimePoint next_deadline() const;

    void pause(TimePoint until) { paused_until_ = until; }

    bool is_paused(TimePoint now) const { return now < paused_until_; }

    // --- snapshots ------------------------------------------------------------------------------
    // The state to store. Call snapshot_stored() when the commit with it is on the disk.
    ConsumerImage snapshot(TimePoint now) const;
    void snapshot_stored(const ConsumerImage& image);

    // Returns true if deliveries wait for a snapshot, or soon will.
    bool wants_snapshot() const {
        return options_.durable && cursor_ + kReserved / 2 > deliverable_until_;
    }

    // --- figures --------------------------------------------------------------------------------
    const ConsumerOptions& options() const { return options_; }

    // All records up to here are settled.
    Sequence floor() const { return (flights().empty() ? cursor_ : flights().first()) - 1; }

    std::size_t in_flight() const { return flights().size(); }

    const InFlight& flights() const { return flights_.flights(); }

    const Members& members() const { return members_; }

    MemberId owner_of(std::uint64_t key) const { return flights_.keys().owner_of(key); }

    Sequence newest_only_until() const { return newest_only_until_; }

    // Returns true if the consumer still needs the record: it is in flight, or not read yet.
    bool needs(Sequence sequence) const {
        return sequence >= cursor_ || flights().find(sequence) != nullptr;
    }

    // The records beyond the cursor that the filters select, by the counts of the caller.
    std::uint64_t pending() const { return pending_; }

    void set_pending(std::uint64_t records) { pending_ = records; }

    void add_pending(std::uint64_t records) { pending_ += records; }

    // The sequences between the cursor and the end of the stream.
    Sequence lag(Sequence last) const { return last >= cursor_ ? last + 1 - cursor_ : 0; }

    std::size_t memory_bytes() const;

private:
    void offer_run(std::span<const Candidate> run, TimePoint now, ConsumerOutput& out);
    void deliver_part(
        std::span<const Candidate> part,
        MemberId member,
        std::uint64_t pull,
        TimePoint now,
        ConsumerOutput& out
    );

    ConsumerOptions options_;
    Members members_;
    FlightControl flights_;
    Sequence cursor_ = 1;
    Sequence newest_only_until_ = kNoSequence;
    Sequence flagged_until_ = kNoSequence;      // may have been delivered before a restart
    Sequence deliverable_until_ = kNoSequence;  // reserved by a stored snapshot
    std::uint64_t pending_ = 0;
    TimePoint paused_until_ = TimePoint::min();
    TimePoint active_;
};

}  // namespace telex::streams
