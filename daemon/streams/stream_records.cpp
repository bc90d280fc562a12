#include "streams/stream_records.hpp"

#include "wire/subject.hpp"

#include <algorithm>

namespace telex::streams {

namespace {

// Of a stream that does not compare ids.
constexpr Duration kUnusedWindow = std::chrono::minutes(2);

}  // namespace

StreamRecords::StreamRecords(const StreamOptions& options, const RecordBounds& bounds)
    : options_(options),
      ledger_(bounds.detailed_records),
      subjects_(indexes_all(options), bounds.seed),
      ids_(options.duplicate_window.value_or(kUnusedWindow)) {}

void StreamRecords::note_id(const RecordFacts& record, Time now) {
    if (options_.duplicate_window && !record.id.empty()) {
        ids_.add(record.id, record.sequence, record.time, now);
    }
}

void StreamRecords::note_ttl(const RecordFacts& record, SubjectRef subject) {
    if (record.ttl > Duration{}) {
        const Duration ttl = std::min(record.ttl, kNoDeadline - record.time);
        ttls_.add({record.time + ttl, record.sequence, subject}, [&](Sequence sequence) {
            return ledger_.contains(sequence);
        });
    }
}

void StreamRecords::append(const RecordFacts& record, SubjectRef subject) {
    subject = subjects_.append(subject, record.subject, record.sequence, record.bytes);
    ledger_.append(record.sequence, record.bytes, record.time);
    last_ = record.sequence;
    note_id(record, record.time);
    note_ttl(record, subject);
}

void StreamRecords::restore_newer(const RecordFacts& record, Time now) {
    last_ = std::max(last_, record.sequence);
    // An id may have been used again after its window. The newest record has it.
    ids_.remove(record.id);
    note_id(record, now);
    if (!record.removed) {
        const SubjectRef subject = subjects_.append(
            subjects_.find(record.subject), record.subject, record.sequence, record.bytes
        );
        ledger_.append(record.sequence, record.bytes, record.time);
        note_ttl(record, subject);
    }
}

void StreamRecords::restore_older(const RecordFacts& record, Time now) {
    last_ = std::max(last_, record.sequence);
    if (ids_.find(record.id) == kNoSequence) {
        note_id(record, now);
    }
    if (!record.removed) {
        const SubjectRef subject = subjects_.prepend(record.subject, record.sequence, record.bytes);
        ledger_.prepend(record.sequence, record.bytes, record.time);
        note_ttl(record, subject);
    }
}

Sequence StreamRecords::first() const {
    return ledger_.first() != kNoSequence ? ledger_.first() : last_ + 1;
}

void StreamRecords::note_first(Removals& removals) {
    removals.first = first();
    subjects_.forget_before(removals.first);
}

bool StreamRecords::remove(Sequence sequence, SubjectRef subject, Removals& removals) {
    if (!ledger_.contains(sequence)) {
        return false;
    }
    const Sequence before = first();
    ledger_.remove(sequence, subjects_.remove(subject, sequence, before));
    if (sequence == before) {
        note_first(removals);
    } else {
        removals.holes.push_back(sequence);
    }
    return true;
}

std::uint64_t StreamRecords::remove_before(Sequence sequence, Removals& removals) {
    const std::uint64_t removed = ledger_.remove_before(sequence);
    if (removed > 0) {
        note_first(removals);
    }
    return removed;
}

void StreamRecords::remove_of_subject(SubjectRef subject, Sequence sequence, Removals& removals) {
    subjects_.trim(subject, first());
    while (true) {
        const Sequence oldest = subjects_.oldest(subject);
        if (oldest == kNoSequence || oldest >= sequence) {
            return;
        }
        const bool is_only = subjects_.count(subject, kNoSequence).messages == 1;
        remove(oldest, subject, removals);
        if (is_only) {
            return;
        }
    }
}

void StreamRecords::apply_subject_limit(SubjectRef subject, Removals& removals) {
    if (!options_.max_per_subject) {
        return;
    }
    subjects_.trim(subject, first());
    while (subjects_.count(subject, kNoSequence).messages > *options_.max_per_subject) {
        remove(subjects_.oldest(subject), subject, removals);
    }
}

void StreamRecords::apply_limits(Removals& removals) {
    const auto exceeded = [&] {
        return ledger_.messages() > options_.max_messages.value_or(ledger_.messages()) ||
               ledger_.bytes() > options_.max_bytes.value_or(ledger_.bytes());
    };
    if (!exceeded()) {
        return;
    }
    do {
        ledger_.remove_before(ledger_.first() + 1);
    } while (exceeded());
    note_first(removals);
}

void StreamRecords::apply_all_limits(Removals& removals) {
    if (options_.max_per_subject) {
        for (const SubjectRef subject : subjects_matching(">")) {
            apply_subject_limit(subject, removals);
        }
    }
    apply_limits(removals);
}

void StreamRecords::expire_by_age(Time expiry, Removals& removals) {
    if (!options_.max_age) {
        return;
    }
    const Sequence keep = ledger_.first_since(expiry - *options_.max_age + Duration(1));
    remove_before(keep != kNoSequence ? keep : last_ + 1, removals);
}

void StreamRecords::expire_by_ttl(Time expiry, Removals& removals) {
    while (ttls_.next_end() <= expiry) {
        const TtlQueue::Entry entry = ttls_.pop();
        remove(entry.sequence, entry.subject, removals);
    }
}

void StreamRecords::expire(const StreamTimes& times, Removals& removals) {
    expire_by_age(times.expiry, removals);
    expire_by_ttl(times.expiry, removals);
    ids_.expire(times.now);
}

Time StreamRecords::next_deadline() const {
    Time next = std::min(ttls_.next_end(), ids_.next_expiry());
    if (const auto oldest = ledger_.first_time(); oldest && options_.max_age) {
        next = std::min(next, *oldest + *options_.max_age);
    }
    return next;
}

// Subjects that have a record. The removal of other records does not invalidate these references.
std::vector<SubjectRef> StreamRecords::subjects_matching(std::string_view filter) const {
    std::vector<SubjectRef> found;
    const auto add = [&](SubjectRef subject) {
        if (subjects_.last(subject, first()).sequence != kNoSequence) {
            found.push_back(subject);
        }
    };
    if (wire::is_literal(filter)) {
        if (const SubjectRef subject = subjects_.find(filter); subject != kNoSubject) {
            add(subject);
        }
        return found;
    }
    subjects_.for_each([&](SubjectRef subject) {
        if (wire::matches(filter, subjects_.text(subject))) {
            add(subject);
        }
    });
    return found;
}

// The sequence below which records go, so that the newest `keep` of these subjects stay.
Sequence StreamRecords::end_of_purge(
    std::span<const SubjectRef> subjects, Sequence before, std::uint64_t keep
) const {
    if (keep == 0) {
        return before;
    }
    std::vector<Sequence> records;
    for (const SubjectRef subject : subjects) {
        subjects_.for_each_record(subject, [&](Sequence sequence, std::uint32_t) {
            if (sequence >= first()) {
                records.push_back(sequence);
            }
        });
    }
    if (records.size() <= keep) {
        return kNoSequence;
    }
    const auto kept = records.end() - static_cast<std::ptrdiff_t>(keep);
    std::nth_element(records.begin(), kept, records.end());
    return std::min(before, *kept);
}

Result<std::uint64_t, PurgeError> StreamRecords::purge(
    const PurgeOrder& order, Removals& removals
) {
    if (options_.deny_purge) {
        return unexpected(PurgeError::denied);
    }
    const Sequence before = std::min(order.before.value_or(last_ + 1), last_ + 1);
    if (!order.filter || *order.filter == ">") {
        const bool keeps_all = order.keep >= ledger_.messages();
        const Sequence kept = order.keep > 0 ? ledger_.nth_from_end(order.keep) : before;
        return keeps_all ? 0 : remove_before(std::min(before, kept), removals);
    }
    if (!subjects_.has_all()) {
        return unexpected(PurgeError::scan_needed);
    }
    const std::vector<SubjectRef> subjects = subjects_matching(*order.filter);
    const Sequence end = end_of_purge(subjects, before, order.keep);
    const std::uint64_t messages = ledger_.messages();
    for (const SubjectRef subject : subjects) {
        remove_of_subject(subject, end, removals);
    }
    return messages - ledger_.messages();
}

SubjectLast StreamRecords::last_of(std::string_view subject) const {
    const SubjectRef ref = subjects_.find(subject);
    return ref != kNoSubject ? subjects_.last(ref, first()) : SubjectLast{};
}

SubjectCount StreamRecords::count_of(std::string_view subject) const {
    const SubjectRef ref = subjects_.find(subject);
    return ref != kNoSubject ? subjects_.count(ref, first()) : SubjectCount{};
}

SubjectCount StreamRecords::count_matching(std::string_view filter) const {
    if (filter == ">") {
        return {ledger_.messages(), true};
    }
    if (wire::is_literal(filter)) {
        return count_of(filter);
    }
    SubjectCount total;
    subjects_.for_each([&](SubjectRef subject) {
        if (wire::matches(filter, subjects_.text(subject))) {
            const SubjectCount count = subjects_.count(subject, first());
            total.messages += count.messages;
            total.exact = total.exact && count.exact;
        }
    });
    return total;
}

SubjectLast StreamRecords::last_matching(std::string_view filter) const {
    SubjectLast newest;
    for (const SubjectRef subject : subjects_matching(filter)) {
        const SubjectLast last = subjects_.last(subject, first());
        if (last.sequence > newest.sequence) {
            newest = last;
        }
    }
    return newest;
}

// The next record of one subject.
NextRecord StreamRecords::next_of(SubjectRef subject, Sequence from) const {
    if (subjects_.has_all()) {
        Sequence found = kNoSequence;
        subjects_.for_each_record(subject, [&](Sequence sequence, std::uint32_t) {
            if (found == kNoSequence && sequence >= from) {
                found = sequence;
            }
        });
        return {found, found};
    }
    const SubjectLast last = subjects_.last(subject, first());
    if (last.sequence < from || (!last.exact && last.sequence == from)) {
        return {};
    }
    return {ledger_.next(from), last.exact ? last.sequence : last.sequence - 1, last.exact};
}

NextRecord StreamRecords::next_matching(std::string_view filter, Sequence from) const {
    from = std::max(from, first());
    if (filter == ">") {
        const Sequence next = ledger_.next(from);
        return {next, next};
    }
    NextRecord best;
    for (const SubjectRef subject : subjects_matching(filter)) {
        const NextRecord next = next_of(subject, from);
        if (next.at_most == kNoSequence) {
            continue;
        }
        if (best.at_most == kNoSequence) {
            best = next;
            continue;
        }
        best.at_least = std::min(best.at_least, next.at_least);
        // The nearest certain one ends the search, otherwise the farthest possible one.
        if (best.certain == next.certain) {
            best.at_most = best.certain ? std::min(best.at_most, next.at_most)
                                        : std::max(best.at_most, next.at_most);
        } else if (next.certain) {
            best.at_most = next.at_most;
            best.certain = true;
        }
    }
    return best;
}

Sequence StreamRecords::releasable_before() const {
    const Sequence ids = ids_.lowest_sequence();
    return ids == kNoSequence ? first() : std::min(first(), ids);
}

std::size_t StreamRecords::memory_bytes() const {
    return ledger_.memory_bytes() + subjects_.memory_bytes() + ids_.memory_bytes() +
           ttls_.memory_bytes();
}

}  // namespace telex::streams
