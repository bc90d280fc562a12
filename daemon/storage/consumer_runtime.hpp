#pragma once
// A consumer at work: its state machine, its cursor's reading, its members' windows and its
// counters.
//
// A turn of a consumer first delivers what is due again, then a bounded number of new records. The
// state machine gets credit for the round only: the records of each member that fit its window.
#include "exchange/stream_consumers.hpp"
#include "storage/cursor_reader.hpp"
#include "storage/member_windows.hpp"
#include "streams/consumer_state.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace telex::storage {

// The constant properties of a consumer.
struct ConsumerIdentity {
    exchange::StreamNumber stream = 0;
    store::ConsumerId id = 0;  // within the stream; of a durable consumer
    std::string name;          // of one without a name: begins with '$'
    std::int64_t created = 0;  // nanoseconds since 1970 UTC
};

// Since the start.
struct ConsumerCounters {
    std::uint64_t redeliveries = 0;
    std::uint64_t dead_letters = 0;
    std::uint64_t acknowledged = 0;
};

// A snapshot on its way to the store.
struct ConsumerSnapshot {
    streams::ConsumerImage image;
    std::string bytes;  // of the store
};

// Owner: ConsumerSet. The storage thread. Does not move. Times are of the steady clock.
class ConsumerRuntime {
public:
    // A new consumer. `seed`: a secret of the process.
    ConsumerRuntime(
        ConsumerIdentity identity,
        const streams::ConsumerOptions& options,
        const streams::StartPoint& start,
        std::uint64_t seed,
        TimePoint now
    );
    // A durable consumer after a restart. `records`: see ConsumerState.
    ConsumerRuntime(
        ConsumerIdentity identity,
        const streams::ConsumerOptions& options,
        const streams::ConsumerImage& image,
        std::span<const streams::Candidate> records,
        std::uint64_t seed,
        TimePoint now
    );
    ConsumerRuntime(const ConsumerRuntime&) = delete;
    ConsumerRuntime& operator=(const ConsumerRuntime&) = delete;

    // --- members
    // Returns the number of the new member. The rights of the first one decide which records the
    // consumer skips.
    streams::MemberId join(
        exchange::MemberId member,
        exchange::MemberSource& source,
        const DeliveryWindow::Right& may_subscribe,
        TimePoint now
    );
    void leave(streams::MemberId member, TimePoint now);
    void add_credit(streams::MemberId member, std::uint64_t messages);
    // A batch has come back. Does nothing for a member that has left.
    void take_back(streams::MemberId member, std::size_t charge);
    void settle(streams::MemberId member, const exchange::RecordOutcome& outcome, TimePoint now);

    // Tells members that they are attached, those that were not told.
    void confirm_members() { windows_.confirm(); }

    // All members leave, and receive the reason.
    void end_members(v1::ErrorCode reason, const std::string& text, TimePoint now);
    // The same for one.
    void end_member(
        streams::MemberId member, v1::ErrorCode reason, const std::string& text, TimePoint now
    );

    const MemberWindows& windows() const { return windows_; }

    // --- a turn
    enum class Progress : std::uint8_t {
        waiting,   // for an event
        more,      // another turn will deliver more
        inactive,  // remove the consumer
        damaged,   // records at its cursor cannot be read: damage()
    };

    // `may_take`: whether it may have more records in flight.
    [[nodiscard]] Progress run(const ReadPlace& place, bool may_take, TimePoint now);

    const std::string& damage() const { return damage_; }

    // The members to which a record came that they may not read.
    std::vector<streams::MemberId> denied() const { return windows_.denied(); }

    // Dead letters since the last call. Call dead_letter_stored() for each.
    std::vector<streams::DeadLetter> take_dead_letters();
    void dead_letter_stored(Sequence sequence);

    // --- removal of records
    void forget(Sequence sequence);
    void forget_before(Sequence first);

    // --- time
    TimePoint next_deadline() const { return state_.next_deadline(); }

    // Until a time; a time that has passed ends the pause.
    void pause(TimePoint until);

    // --- snapshots
    bool is_durable() const { return state_.options().durable; }

    // The state is not that of the last snapshot.
    bool has_changed() const { return changed_; }

    // Deliveries wait for a snapshot on the disk, or soon will.
    bool wants_snapshot() const { return state_.wants_snapshot(); }

    ConsumerSnapshot take_snapshot(TimePoint now);
    // `synced`: it is on the disk.
    void snapshot_stored(const ConsumerSnapshot& snapshot, bool synced);

    void snapshot_failed() { changed_ = true; }

    // --- look-ups
    const ConsumerIdentity& identity() const { return identity_; }

    const streams::ConsumerOptions& options() const { return state_.options(); }

    std::size_t in_flight() const { return state_.in_flight(); }

    const streams::ConsumerState& state() const { return state_; }

    const ConsumerCounters& counters() const { return counters_; }

    // Of ConsumerSet.
    std::uint64_t serial = 0;  // of all consumers since the start
    bool is_queued = false;
    bool awaits_snapshot = false;  // of ConsumerSnapshots
    TimePoint alarm = TimePoint::max();
    std::size_t counted_flights = 0;
    // A durable consumer: its first snapshot is on the disk.
    bool is_stored = false;

private:
    void apply(Sequence sequence, const exchange::RecordOutcome& outcome, TimePoint now);
    [[nodiscard]] bool redeliver(const ReadPlace& place, TimePoint now);
    [[nodiscard]] bool read_new(const ReadPlace& place, bool may_take, TimePoint now);
    bool wants_records(const ReadPlace& place, bool may_take) const;
    std::size_t offer_slice(const ReadPlace& place, TimePoint now);
    void fill_batches(const ReadPlace& place);
    void add_from_slice(DeliveryWindow& window, const streams::Delivery& delivery, std::size_t at);
    void add_from_store(
        DeliveryWindow& window, const streams::Delivery& delivery, const ReadPlace& place
    );
    void add(
        DeliveryWindow& window,
        const store::BlockPtr& block,
        std::size_t index,
        const streams::Delivery& delivery
    );

    ConsumerIdentity identity_;
    streams::ConsumerState state_;
    CursorReader reader_;
    MemberWindows windows_;

    streams::ConsumerOutput out_;
    Slice slice_;
    std::vector<Sequence> flights_;  // scratch
    std::string damage_;
    std::size_t largest_ = 0;  // charge of a record that may be in flight
    bool maybe_due_ = false;   // records may have to be delivered again
    bool changed_ = true;
    std::size_t delivered_ = 0;  // in this turn

    ConsumerCounters counters_;
};

}  // namespace telex::storage
