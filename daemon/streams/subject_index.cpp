#include "streams/subject_index.hpp"

#include "base/allocated.hpp"

#include <algorithm>

namespace telex::streams {

SubjectIndex::SubjectIndex(bool all, std::uint64_t seed) : all_(all), hash_(seed) {}

SubjectRef SubjectIndex::find(std::string_view subject) const {
    // Publishers repeat subjects.
    if (newest_ != kNoSubject && subjects_[newest_].text.view() == subject) {
        return newest_;
    }
    return table_.find(slot_hash(hash_(subject)), [&](SubjectRef candidate) {
        return subjects_[candidate].text.view() == subject;
    });
}

SubjectRef SubjectIndex::create(std::string_view subject, Sequence sequence) {
    if (subjects_.live() == 0) {
        subjects_.take();  // 0 means none
        records_.take();
    }
    const SubjectRef ref = subjects_.take();
    Subject& entry = subjects_[ref];
    entry.text.assign(subject);
    entry.newest = entry.last = entry.first = sequence;
    text_bytes_ += entry.text.heap_bytes();
    table_.insert(slot_hash(hash_(subject)), ref);
    ++size_;
    return ref;
}

void SubjectIndex::unlink(SubjectRef subject) {
    const Subject& entry = subjects_[subject];
    (entry.older != kNoSubject ? subjects_[entry.older].newer : oldest_) = entry.newer;
    (entry.newer != kNoSubject ? subjects_[entry.newer].older : newest_) = entry.older;
}

void SubjectIndex::link_newest(SubjectRef subject) {
    Subject& entry = subjects_[subject];
    entry.older = newest_;
    entry.newer = kNoSubject;
    (newest_ != kNoSubject ? subjects_[newest_].newer : oldest_) = subject;
    newest_ = subject;
}

void SubjectIndex::link_oldest(SubjectRef subject) {
    Subject& entry = subjects_[subject];
    entry.newer = oldest_;
    entry.older = kNoSubject;
    (oldest_ != kNoSubject ? subjects_[oldest_].older : newest_) = subject;
    oldest_ = subject;
}

match::NodeIndex SubjectIndex::take_record(Sequence sequence, std::uint32_t bytes) {
    const match::NodeIndex record = records_.take();
    records_[record].sequence = sequence;
    records_[record].bytes = bytes;
    return record;
}

SubjectRef SubjectIndex::append(
    SubjectRef subject_ref, std::string_view subject, Sequence sequence, std::uint32_t bytes
) {
    if (subject_ref == kNoSubject) {
        subject_ref = create(subject, sequence);
        link_newest(subject_ref);
    } else if (subject_ref != newest_) {
        unlink(subject_ref);
        link_newest(subject_ref);
    }
    Subject& entry = subjects_[subject_ref];
    entry.newest = entry.last = sequence;
    entry.exact = true;
    ++entry.count;
    if (all_) {
        const match::NodeIndex record = take_record(sequence, bytes);
        records_[record].older = entry.tail;
        (entry.tail != 0 ? records_[entry.tail].newer : entry.head) = record;
        entry.tail = record;
    }
    return subject_ref;
}

SubjectRef SubjectIndex::prepend(std::string_view subject, Sequence sequence, std::uint32_t bytes) {
    SubjectRef ref = find(subject);
    if (ref == kNoSubject) {
        ref = create(subject, sequence);
        link_oldest(ref);
    }
    Subject& entry = subjects_[ref];
    entry.first = sequence;
    ++entry.count;
    if (all_) {
        const match::NodeIndex record = take_record(sequence, bytes);
        records_[record].newer = entry.head;
        (entry.head != 0 ? records_[entry.head].older : entry.tail) = record;
        entry.head = record;
    }
    return ref;
}

void SubjectIndex::forget(SubjectRef subject) {
    Subject& entry = subjects_[subject];
    while (entry.head != 0) {
        drop_record(entry, entry.head);
    }
    unlink(subject);
    text_bytes_ -= entry.text.heap_bytes();
    table_.erase(slot_hash(hash_(entry.text.view())), subject);
    subjects_.release(subject);
    --size_;
}

void SubjectIndex::drop_record(Subject& subject, match::NodeIndex record) {
    const Record& entry = records_[record];
    (entry.older != 0 ? records_[entry.older].newer : subject.head) = entry.newer;
    (entry.newer != 0 ? records_[entry.newer].older : subject.tail) = entry.older;
    records_.release(record);
    --subject.count;
}

// From both ends: acknowledgements remove near the old end, erasure near the new one.
match::NodeIndex SubjectIndex::find_record(const Subject& subject, Sequence sequence) const {
    match::NodeIndex low = subject.head;
    match::NodeIndex high = subject.tail;
    while (low != 0 && high != 0) {
        const Record& old = records_[low];
        const Record& young = records_[high];
        if (old.sequence == sequence) {
            return low;
        }
        if (young.sequence == sequence) {
            return high;
        }
        if (old.sequence > sequence || young.sequence < sequence) {
            return 0;
        }
        low = old.newer;
        high = young.older;
    }
    return 0;
}

std::uint32_t SubjectIndex::remove(SubjectRef subject, Sequence sequence, Sequence first) {
    Subject& entry = subjects_[subject];
    std::uint32_t bytes = 0;
    if (all_) {
        trim(subject, first);
        if (const match::NodeIndex record = find_record(entry, sequence)) {
            bytes = records_[record].bytes;
            drop_record(entry, record);
        }
        if (entry.count == 0) {
            forget(subject);
        } else {
            entry.last = records_[entry.tail].sequence;
        }
        return bytes;
    }
    if (entry.first >= first && --entry.count == 0) {
        forget(subject);
        return bytes;
    }
    if (sequence == entry.last && entry.exact) {
        entry.exact = false;
    }
    return bytes;
}

void SubjectIndex::forget_before(Sequence first) {
    while (oldest_ != kNoSubject && subjects_[oldest_].newest < first) {
        forget(oldest_);
    }
}

SubjectLast SubjectIndex::last(SubjectRef subject, Sequence first) const {
    const Subject& entry = subjects_[subject];
    const Sequence last = entry.last;
    if (last < first) {
        return {};
    }
    if (!entry.exact && last == first) {
        return {};  // below the first record there are none
    }
    return {last, entry.exact};
}

SubjectCount SubjectIndex::count(SubjectRef subject, Sequence first) const {
    const Subject& entry = subjects_[subject];
    if (!all_) {
        return {entry.count, entry.first >= first};
    }
    std::uint64_t gone = 0;
    for (match::NodeIndex at = entry.head; at != 0 && records_[at].sequence < first;
         at = records_[at].newer) {
        ++gone;
    }
    return {entry.count - gone, true};
}

void SubjectIndex::resolve(SubjectRef subject, Sequence sequence) {
    if (sequence == kNoSequence) {
        forget(subject);
        return;
    }
    subjects_[subject].last = sequence;
    subjects_[subject].exact = true;
}

void SubjectIndex::trim(SubjectRef subject, Sequence first) {
    Subject& entry = subjects_[subject];
    while (entry.head != 0 && records_[entry.head].sequence < first) {
        drop_record(entry, entry.head);
    }
}

Sequence SubjectIndex::oldest(SubjectRef subject) const {
    const match::NodeIndex head = subjects_[subject].head;
    return head != 0 ? records_[head].sequence : kNoSequence;
}

std::uint32_t SubjectIndex::oldest_bytes(SubjectRef subject) const {
    const match::NodeIndex head = subjects_[subject].head;
    return head != 0 ? records_[head].bytes : 0;
}

std::size_t SubjectIndex::growth_bytes(std::string_view subject, bool is_new) const {
    // A node each, as a share of its segment.
    std::size_t bytes = all_ ? sizeof(Record) : 0;
    if (is_new) {
        bytes += sizeof(Subject) + allocated(subject.size());
        // The table doubles when three quarters of its slots of eight bytes are used.
        const std::size_t slots = table_.memory_bytes() / sizeof(std::uint64_t);
        bytes += (table_.size() + 1) * 4 > slots * 3 ? table_.memory_bytes() : 0;
    }
    return bytes;
}

}  // namespace telex::streams
