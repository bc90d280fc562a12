#pragma once
// Numbers by the hashes of their keys, in one open-addressing hash table: the literal edges of a
// trie, (parent, token) -> child, or filters without wildcards.
//
// One table instead of a container in every node: eight bytes per edge and no allocation per node.
// Linear probing over 32-bit hashes, whose upper bits are the home position: growing keeps the
// order and accesses memory sequentially. Removal shifts entries back, so there are no tombstones
// to accumulate. Keys are not stored: the caller compares with the child node.
#include "base/prefetch.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::match {

// Owner: a TrieCore or LiteralFilters. One thread.
class EdgeTable {
public:
    EdgeTable();

    // Returns the child with this hash for which `is_it(child)` is true, or 0.
    template <class Predicate>
    std::uint32_t find(std::uint32_t hash, Predicate&& is_it) const {
        std::size_t at = home(hash);
        while (slots_[at].child != 0) {
            if (slots_[at].hash == hash && is_it(slots_[at].child)) {
                return slots_[at].child;
            }
            at = (at + 1) & mask();
        }
        return 0;
    }

    // Loads what find() reads.
    void prefetch(std::uint32_t hash) const { prefetch_at(&slots_[home(hash)]); }

    // Returns the child that find() probably returns, or 0. Without branches, because a processor
    // that waits for a wrongly predicted one does nothing else.
    std::uint32_t guess(std::uint32_t hash) const {
        std::uint32_t child = 0;
        for (std::size_t step = 0; step < kGuessSteps; ++step) {
            const Slot& slot = slots_[(home(hash) + step) & mask()];
            child = slot.hash == hash ? slot.child : child;
        }
        return child;
    }

    // Requires a `child` that is not 0 and not in the table.
    void insert(std::uint32_t hash, std::uint32_t child);
    // Requires a pair in the table.
    void erase(std::uint32_t hash, std::uint32_t child);

    std::size_t size() const { return size_; }

    std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

private:
    static constexpr std::size_t kGuessSteps = 3;

    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t child = 0;
    };

    std::size_t mask() const { return slots_.size() - 1; }

    std::size_t home(std::uint32_t hash) const { return hash >> shift_; }

    void place(Slot slot);
    void resize(std::size_t slots);

    std::vector<Slot> slots_;  // a power of two
    unsigned shift_ = 0;       // 32 - log2(slots)
    std::size_t size_ = 0;
};

}  // namespace telex::match
