#pragma once
// A set of the peer's numbers (request ids, subscription ids; never 0). Most sets have one number
// at most, which needs no further memory. More of them are in an open-addressed table with
// linear probing, where an erased place is closed by moving the entries behind it (Knuth,
// TAOCP 6.4, algorithm R), so that lookups never meet graves.
//
// The peer chooses the numbers. Their places depend on the address of the set, which the peer does
// not know, so it cannot prepare numbers that collide.
//
// Owner: one session. Not copied or moved: the address is the key.
#include <cstddef>
#include <cstdint>
#include <memory>

namespace telex::session::native {

class IdSet {
public:
    IdSet() = default;
    IdSet(const IdSet&) = delete;
    IdSet& operator=(const IdSet&) = delete;

    // Requires an id that is not 0. Returns false if it is in the set already.
    bool insert(std::uint64_t id);
    // Returns false if it was not in the set.
    bool erase(std::uint64_t id);
    bool contains(std::uint64_t id) const;

    std::size_t size() const { return size_; }

    bool empty() const { return size_ == 0; }

    // Releases the table of an empty set.
    void shrink();

    // Of the table.
    std::size_t memory() const { return capacity_ * sizeof(std::uint64_t); }

private:
    bool insert_in_table(std::uint64_t id);
    bool erase_in_table(std::uint64_t id);
    std::size_t home(std::uint64_t id) const;
    // Returns the index of the id, or of the free place for it.
    std::size_t find(std::uint64_t id) const;
    void grow();

    std::uint64_t only_ = 0;                  // without a table: the id, or 0
    std::unique_ptr<std::uint64_t[]> slots_;  // 0: free; at most three quarters are used
    std::uint32_t capacity_ = 0;              // a power of two, or 0: no table
    std::uint32_t size_ = 0;
};

}  // namespace telex::session::native
