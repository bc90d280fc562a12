#pragma once
// The records that have a time to live, by its end: 24 bytes for each.
//
// Entries of records that were removed otherwise stay until their time comes, or until they are
// more than half of the queue: then they are swept out.
#include "streams/sequence.hpp"
#include "streams/subject_index.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace telex::streams {

// Owner: StreamRecords. One thread.
class TtlQueue {
public:
    struct Entry {
        Time end;
        Sequence sequence;
        SubjectRef subject;
    };

    // Calls exists(sequence) to sweep out the entries of removed records.
    template <class Predicate>
    void add(const Entry& entry, Predicate&& exists) {
        if (entries_.size() >= sweep_at_) {
            std::erase_if(entries_, [&](const Entry& old) { return !exists(old.sequence); });
            std::make_heap(entries_.begin(), entries_.end(), later);
            sweep_at_ = std::max(kMinSweep, entries_.size() * 2);
        }
        entries_.push_back(entry);
        std::push_heap(entries_.begin(), entries_.end(), later);
    }

    Time next_end() const { return entries_.empty() ? kNoDeadline : entries_.front().end; }

    // Requires an entry.
    Entry pop() {
        std::pop_heap(entries_.begin(), entries_.end(), later);
        const Entry entry = entries_.back();
        entries_.pop_back();
        return entry;
    }

    std::size_t size() const { return entries_.size(); }

    std::size_t memory_bytes() const { return entries_.capacity() * sizeof(Entry); }

private:
    static constexpr std::size_t kMinSweep = 1'024;

    static bool later(const Entry& left, const Entry& right) { return left.end > right.end; }

    std::vector<Entry> entries_;  // a heap
    std::size_t sweep_at_ = kMinSweep;
};

}  // namespace telex::streams
