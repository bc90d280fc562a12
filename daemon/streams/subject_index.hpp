#pragma once
// The subjects of a stream: the last sequence of each, and on request every sequence.
//
// A limits stream of 100 million records keeps 60 bytes for each subject, nothing for a record.
// Subjects are in the order of their newest records. When the stream's first sequence passes the
// newest record of a subject, the subject is forgotten: it is at the old end of that order.
//
// Without the sequences of a subject, the removal of its last record leaves a gap in knowledge: the
// last one is then below a known sequence, and a search of the records must find it (resolve()).
#include "match/edge_table.hpp"
#include "match/keyed_hash.hpp"
#include "match/node_pool.hpp"
#include "match/packed_text.hpp"
#include "streams/sequence.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::streams {

// Names a subject of one index, until its last record is gone. 0: none.
using SubjectRef = std::uint32_t;

inline constexpr SubjectRef kNoSubject = 0;

// The last record of a subject.
struct SubjectLast {
    Sequence sequence = kNoSequence;
    bool exact = true;  // if not: below `sequence`, or there is none
};

struct SubjectCount {
    std::uint64_t messages = 0;
    bool exact = true;  // if not: at most `messages`
};

// Owner: StreamRecords. One thread. `first`, in all calls: the first sequence of the stream.
class SubjectIndex {
public:
    // `all`: hold every sequence of each subject. `seed`: a secret of the process.
    SubjectIndex(bool all, std::uint64_t seed);

    SubjectRef find(std::string_view subject) const;

    // Adds a record that is newer than all others. `subject_ref`: the result of find().
    SubjectRef append(
        SubjectRef subject_ref, std::string_view subject, Sequence sequence, std::uint32_t bytes
    );
    // Adds a record that is older than all others.
    SubjectRef prepend(std::string_view subject, Sequence sequence, std::uint32_t bytes);

    // Notes that one record was removed. Returns its bytes, or 0 if not known. The reference may be
    // invalid afterwards.
    std::uint32_t remove(SubjectRef subject, Sequence sequence, Sequence first);

    // Forgets the subjects whose newest record is below `first`.
    void forget_before(Sequence first);

    SubjectLast last(SubjectRef subject, Sequence first) const;
    SubjectCount count(SubjectRef subject, Sequence first) const;

    // The last record is `sequence`; kNoSequence: there is none, and the subject is forgotten.
    void resolve(SubjectRef subject, Sequence sequence);

    // --- with all sequences ---------------------------------------------------------------------
    bool has_all() const { return all_; }

    // Drops the records below `first`.
    void trim(SubjectRef subject, Sequence first);
    // The oldest record. Requires trim().
    Sequence oldest(SubjectRef subject) const;
    std::uint32_t oldest_bytes(SubjectRef subject) const;

    // Calls function(sequence, bytes) for each record of the subject, in ascending order.
    template <class Function>
    void for_each_record(SubjectRef subject, Function&& function) const {
        for (match::NodeIndex at = subjects_[subject].head; at != 0; at = records_[at].newer) {
            function(records_[at].sequence, records_[at].bytes);
        }
    }

    // ----------------------------------------------------------------------------------------------
    std::string_view text(SubjectRef subject) const { return subjects_[subject].text.view(); }

    // Calls function(subject) for each subject, in the order of their newest records.
    template <class Function>
    void for_each(Function&& function) const {
        for (SubjectRef at = oldest_; at != kNoSubject; at = subjects_[at].newer) {
            function(at);
        }
    }

    std::size_t size() const { return size_; }

    std::size_t memory_bytes() const {
        return subjects_.memory_bytes() + records_.memory_bytes() + table_.memory_bytes() +
               text_bytes_;
    }

    // Memory that a record may take at once. `is_new`: its subject is not in the index.
    std::size_t growth_bytes(std::string_view subject, bool is_new) const;

private:
    struct Subject {
        Sequence newest = kNoSequence;  // the highest ever: the order of the subjects
        Sequence last = kNoSequence;    // the highest that exists, or a bound if not `exact`
        Sequence first = kNoSequence;   // all records from here on are counted
        std::uint32_t count = 0;
        SubjectRef older = kNoSubject;
        SubjectRef newer = kNoSubject;
        match::NodeIndex head = 0;  // the oldest record
        match::NodeIndex tail = 0;
        bool exact = true;
        match::PackedText<14> text;

        void reset() {
            text.clear();
            newest = last = first = kNoSequence;
            count = 0;
            older = newer = kNoSubject;
            head = tail = 0;
            exact = true;
        }

        match::NodeIndex link() const { return older; }

        void set_link(match::NodeIndex number) { older = number; }
    };

    struct Record {
        Sequence sequence = kNoSequence;
        std::uint32_t bytes = 0;
        match::NodeIndex older = 0;
        match::NodeIndex newer = 0;

        void reset() { *this = Record{}; }

        match::NodeIndex link() const { return older; }

        void set_link(match::NodeIndex number) { older = number; }
    };

    static std::uint32_t slot_hash(std::uint64_t hash) {
        return static_cast<std::uint32_t>(hash >> 32U);
    }

    SubjectRef create(std::string_view subject, Sequence sequence);
    void forget(SubjectRef subject);
    void unlink(SubjectRef subject);
    void link_newest(SubjectRef subject);
    void link_oldest(SubjectRef subject);
    match::NodeIndex find_record(const Subject& subject, Sequence sequence) const;
    void drop_record(Subject& subject, match::NodeIndex record);
    match::NodeIndex take_record(Sequence sequence, std::uint32_t bytes);

    bool all_;
    match::KeyedHash hash_;
    match::EdgeTable table_;
    match::NodePool<Subject> subjects_;  // 0 is not used
    match::NodePool<Record> records_;    // 0 is not used
    SubjectRef oldest_ = kNoSubject;
    SubjectRef newest_ = kNoSubject;
    std::size_t size_ = 0;
    std::size_t text_bytes_ = 0;
};

}  // namespace telex::streams
