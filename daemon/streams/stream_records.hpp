#pragma once
// The records of a stream, without their contents: which exist, the last of each subject, the
// message ids, and the limits that remove records.
//
// StreamState decides about publications on top of this. The contents are in the store; a caller
// that reads records there skips those that contains() denies.
#include "base/result.hpp"
#include "streams/message_ids.hpp"
#include "streams/record_ledger.hpp"
#include "streams/removals.hpp"
#include "streams/stream_clock.hpp"
#include "streams/stream_options.hpp"
#include "streams/subject_index.hpp"
#include "streams/ttl_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace telex::streams {

// A record as the state machines see it. The subject is borrowed for the call.
struct RecordFacts {
    Sequence sequence = kNoSequence;
    Time time{};
    std::string_view subject;
    IdHash id;
    std::uint32_t bytes = 0;
    Duration ttl{};        // 0: none
    bool removed = false;  // a hole of the store: only its id is remembered
};

// Bounds that are not settings of a stream.
struct RecordBounds {
    std::uint64_t seed = 0;  // a secret of the process, for hashes of subjects
    std::size_t detailed_records = RecordLedger::kDetailedRecords;
};

// Where the next record that a filter selects is: a search of the store from `at_least` to
// `at_most` finds it. Both are kNoSequence if there is none.
struct NextRecord {
    Sequence at_least = kNoSequence;
    Sequence at_most = kNoSequence;
    bool certain = true;  // if not, the search may find none

    bool exact() const { return certain && at_least == at_most; }
};

enum class PurgeError : std::uint8_t {
    denied,      // deny_purge
    scan_needed  // the filter needs all sequences of subjects: search the store and call erase()
};

// Which records a purge removes: those that `filter` selects and that are below `before`, except
// for the newest `keep` of those that the filter selects.
struct PurgeOrder {
    std::optional<std::string_view> filter;
    std::optional<Sequence> before;
    std::uint64_t keep = 0;
};

// Owner: StreamState. One thread. Removals are appended to the `removals` of the caller.
class StreamRecords {
public:
    StreamRecords(const StreamOptions& options, const RecordBounds& bounds);

    // Adds the newest record, whose subject has `subject` as its reference.
    void append(const RecordFacts& record, SubjectRef subject);
    // Adds records after a start, all in ascending or all in descending order.
    void restore_newer(const RecordFacts& record, Time now);
    void restore_older(const RecordFacts& record, Time now);

    // Removes the oldest records until the limits of the stream hold.
    void apply_limits(Removals& removals);
    // All limits, of all subjects as well: after a start or a change of settings.
    void apply_all_limits(Removals& removals);
    void apply_subject_limit(SubjectRef subject, Removals& removals);
    // Removes what is too old. Forgets old message ids.
    void expire(const StreamTimes& times, Removals& removals);
    // When expire() has work. kNoDeadline if never.
    Time next_deadline() const;

    // Removes a record that consumers do not need any longer, or that an operator erases. Returns
    // false if it does not exist; otherwise `subject` must be its subject.
    bool remove(Sequence sequence, SubjectRef subject, Removals& removals);
    // Removes all records below `sequence`. Returns their number.
    std::uint64_t remove_before(Sequence sequence, Removals& removals);
    // Removes all records of the subject below `sequence`. Requires the index of all sequences.
    void remove_of_subject(SubjectRef subject, Sequence sequence, Removals& removals);
    // Returns the number of removed records.
    [[nodiscard]] Result<std::uint64_t, PurgeError> purge(
        const PurgeOrder& order, Removals& removals
    );

    // --- look-ups -------------------------------------------------------------------------------
    bool contains(Sequence sequence) const { return ledger_.contains(sequence); }

    // The first sequence that is not removed: that of a record, or of the next one to come.
    Sequence first() const;

    Sequence last() const { return last_; }

    SubjectRef find_subject(std::string_view subject) const { return subjects_.find(subject); }

    SubjectLast last_of(std::string_view subject) const;
    SubjectCount count_of(std::string_view subject) const;
    // The number of records that the filter selects. Cost: proportional to the subjects, unless the
    // filter is a subject.
    SubjectCount count_matching(std::string_view filter) const;
    // The newest record that the filter selects. Cost as count_matching().
    SubjectLast last_matching(std::string_view filter) const;
    // Cost as count_matching(); with all sequences, also that of the records of these subjects.
    NextRecord next_matching(std::string_view filter, Sequence from) const;

    const RecordLedger& ledger() const { return ledger_; }

    const SubjectIndex& subjects() const { return subjects_; }

    SubjectIndex& subjects() { return subjects_; }

    const MessageIds& ids() const { return ids_; }

    // Records below this sequence may be deleted from the store. Records whose ids are remembered
    // stay although they are removed: a start reads the ids from them.
    Sequence releasable_before() const;

    std::size_t memory_bytes() const;

    void set_last(Sequence last) { last_ = last; }

    void add_id(IdHash id, Sequence sequence, Time time) { ids_.add(id, sequence, time, time); }

private:
    void note_first(Removals& removals);
    void note_id(const RecordFacts& record, Time now);
    void note_ttl(const RecordFacts& record, SubjectRef subject);
    void expire_by_age(Time expiry, Removals& removals);
    void expire_by_ttl(Time expiry, Removals& removals);
    std::vector<SubjectRef> subjects_matching(std::string_view filter) const;
    Sequence end_of_purge(std::span<const SubjectRef> subjects, Sequence before, std::uint64_t keep)
        const;
    NextRecord next_of(SubjectRef subject, Sequence from) const;

    const StreamOptions& options_;
    RecordLedger ledger_;
    SubjectIndex subjects_;
    MessageIds ids_;
    TtlQueue ttls_;
    Sequence last_ = kNoSequence;
};

}  // namespace telex::streams
