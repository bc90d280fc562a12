#pragma once
// The deadlines of numbered slots, the earliest first: a binary min-heap. It reports the position
// of each entry to its slot, so that entries can also be removed from the middle.
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::router {

// Owner: a reply table. `moved(slot, position)` is called for every entry whose position changes.
class DeadlineHeap {
public:
    struct Entry {
        TimePoint deadline;
        std::uint32_t slot;
    };

    bool empty() const { return entries_.empty(); }

    std::size_t size() const { return entries_.size(); }

    std::size_t memory_bytes() const { return entries_.capacity() * sizeof(Entry); }

    // Returns the earliest. Requires a heap that is not empty.
    const Entry& front() const { return entries_.front(); }

    template <class Moved>
    void push(Entry entry, Moved&& moved) {
        entries_.push_back(entry);
        rise(entries_.size() - 1, entry, moved);
    }

    template <class Moved>
    void erase(std::size_t position, Moved&& moved) {
        const Entry last = entries_.back();
        entries_.pop_back();
        if (position == entries_.size()) {
            return;
        }
        if (position > 0 && last.deadline < entries_[parent(position)].deadline) {
            rise(position, last, moved);
        } else {
            sink(position, last, moved);
        }
    }

private:
    static std::size_t parent(std::size_t position) { return (position - 1) / 2; }

    template <class Moved>
    void put(std::size_t position, Entry entry, Moved& moved) {
        entries_[position] = entry;
        moved(entry.slot, static_cast<std::uint32_t>(position));
    }

    template <class Moved>
    void rise(std::size_t position, Entry entry, Moved& moved) {
        while (position > 0 && entry.deadline < entries_[parent(position)].deadline) {
            put(position, entries_[parent(position)], moved);
            position = parent(position);
        }
        put(position, entry, moved);
    }

    template <class Moved>
    void sink(std::size_t position, Entry entry, Moved& moved) {
        for (;;) {
            std::size_t child = position * 2 + 1;
            if (child + 1 < entries_.size() &&
                entries_[child + 1].deadline < entries_[child].deadline) {
                ++child;
            }
            if (child >= entries_.size() || entries_[child].deadline >= entry.deadline) {
                break;
            }
            put(position, entries_[child], moved);
            position = child;
        }
        put(position, entry, moved);
    }

    std::vector<Entry> entries_;
};

}  // namespace telex::router
