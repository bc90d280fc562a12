#pragma once
// The state machine of a stream: decides which publications are stored, with which sequence, and
// which records go for it.
//
// It stores nothing. Its owner, the storage thread, takes publications in their order, asks
// decide() for each, writes the accepted records and the removals in one commit, and answers after
// the commit. A decision is final: if the commit fails, its outcome is not known, and the state is
// built again from the store.
//
//   decide() ... decide()  ->  commit of records and removals  ->  answers
//
// Sequences that were answered must not be used again: the commit also contains last(), which is
// needed after a start when the newest records were removed.
#include "base/result.hpp"
#include "streams/refusal.hpp"
#include "streams/removals.hpp"
#include "streams/stream_records.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace telex::streams {

inline constexpr std::size_t kMaxBatch = 1'000;
inline constexpr Duration kMinTtl = std::chrono::seconds(1);

// A message that replaces earlier ones.
enum class RollUp : std::uint8_t {
    none,
    subject,  // those of its subject
    all,      // those of the stream
};

// A publication. Texts are borrowed for the call.
struct Offer {
    std::string_view subject;
    std::uint32_t bytes = 0;  // of the record, as limits count it
    std::uint32_t id_bytes = 0;
    IdHash id;  // empty without an id
    std::optional<Sequence> expected_last;
    std::optional<Sequence> expected_subject_last;  // 0: the subject has no records
    std::optional<Duration> ttl;
    RollUp roll_up = RollUp::none;
    bool wanted = true;  // by a consumer; matters for retention `interest` only
};

// The answer to an accepted publication.
struct Placement {
    Sequence sequence = kNoSequence;
    Time time{};
    bool duplicate = false;  // `sequence` is that of the first one; do not store it
    bool stored = true;      // false: no consumer wants it (retention `interest`); do not store it

    friend bool operator==(const Placement&, const Placement&) = default;
};

struct StateBounds {
    RecordBounds records;
    std::size_t max_memory = 256ULL << 20U;  // of this stream's state
};

// Owner: the storage thread. One thread. Move it by a pointer: parts refer to each other.
class StreamState {
public:
    // Requires options that pass check().
    StreamState(StreamOptions options, const StateBounds& bounds);
    StreamState(const StreamState&) = delete;
    StreamState& operator=(const StreamState&) = delete;

    // Decides about one publication. `now`: time of the record; an earlier one than that of the
    // last record counts as that. Appends to `removals`. After a refusal, nothing has changed.
    [[nodiscard]] Result<Placement, Refusal> decide(
        const Offer& offer, Time now, Removals& removals
    );

    // Decides about publications that are stored together or not at all. Returns the placement of
    // the first one; the others follow without gaps. A batch that was stored before is a duplicate
    // as a whole. Conditions are compared with the state before the batch: those on the stream are
    // allowed for the first one, those on a subject for the first one of that subject.
    [[nodiscard]] Result<Placement, Refusal> decide_batch(
        std::span<const Offer> offers, Time now, Removals& removals
    );

    // After lookup_required: the last record of the subject, or kNoSequence if there is none.
    void resolve_last(std::string_view subject, Sequence sequence);

    // --- removal --------------------------------------------------------------------------------
    void expire(const StreamTimes& times, Removals& removals) { records_.expire(times, removals); }

    // Compare it with StreamTimes::expiry. kNoDeadline if never.
    Time next_deadline() const { return records_.next_deadline(); }

    // For an operator. Returns false if the record does not exist or the stream denies it.
    bool erase(Sequence sequence, std::string_view subject, Removals& removals);

    [[nodiscard]] Result<std::uint64_t, PurgeError> purge(
        const PurgeOrder& order, Removals& removals
    ) {
        return records_.purge(order, removals);
    }

    // Consumers have settled the record. Returns false if it does not exist or the retention keeps
    // it. `subject`: from records().find_subject(), when the record was read or later; it is not
    // used if the record does not exist.
    bool settle(Sequence sequence, SubjectRef subject, Removals& removals);
    // Consumers have settled all records below `sequence`.
    void settle_before(Sequence sequence, Removals& removals);

    // --- a start --------------------------------------------------------------------------------
    // Call restore_newer() for all stored records in ascending order, or restore_older() in
    // descending order, then finish_restore(). Both ways give the same state.
    void restore_newer(const RecordFacts& record, Time now);
    void restore_older(const RecordFacts& record, Time now);
    // `last`: from the last commit. Removes what exceeds the limits.
    void finish_restore(Sequence last, Removals& removals);

    // Changes the settings. Requires that they pass check(), that check_change() found nothing
    // impossible, and that indexes_all(), the duplicate window and the name are the same; otherwise
    // build the state again. Removes what exceeds the new limits.
    void change(const StreamOptions& options, Removals& removals);

    // --- look-ups -------------------------------------------------------------------------------
    const StreamOptions& options() const { return options_; }

    const StreamRecords& records() const { return records_; }

    Sequence first() const { return records_.first(); }

    Sequence last() const { return records_.last(); }

    // Of the last accepted record.
    Time last_time() const { return last_time_; }

    // Memory of the state: blocks as the allocator takes them.
    std::size_t memory_bytes() const;

private:
    // The state of a subject before an offer.
    struct Place {
        SubjectRef subject = kNoSubject;
        std::uint64_t frees_messages = 0;  // that the offer replaces
        std::uint64_t frees_bytes = 0;
    };

    std::optional<Refusal> check_form(const Offer& offer) const;
    std::optional<Refusal> check_conditions(const Offer& offer, SubjectRef subject) const;
    std::optional<Refusal> check_state(const Offer& offer, SubjectRef subject) const;
    std::optional<Refusal> check_limits(const Offer& offer, const Place& place) const;
    std::optional<Refusal> check_subject_limit(SubjectRef subject, std::uint64_t added) const;
    void find_replaced(const Offer& offer, Place& place);
    Placement accept(const Offer& offer, SubjectRef subject, Time now, Removals& removals);
    void roll_up(const Offer& offer, Sequence sequence, Removals& removals);
    Sequence find_duplicate(const Offer& offer) const;

    StreamOptions options_;
    StateBounds bounds_;
    StreamRecords records_;
    Time last_time_{};

    friend class BatchCheck;
};

}  // namespace telex::streams
