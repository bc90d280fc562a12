#pragma once
// A set of the peer's numbers (request ids, subscription ids) that allocates only when it grows: an
// open-addressed table with linear probing, where an erased place is closed by moving the entries
// behind it (Knuth, TAOCP 6.4, algorithm R), so that lookups never meet graves.
//
// The peer chooses the numbers. Their places depend on the address of the set, which the peer does
// not know, so it cannot prepare numbers that collide.
//
// Owner: one session. Not copied or moved: the address is the key.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::session::native {

class IdSet {
public:
    IdSet() = default;
    IdSet(const IdSet&) = delete;
    IdSet& operator=(const IdSet&) = delete;

    // Returns false if the id is in the set already.
    bool insert(std::uint64_t id);
    // Returns false if it was not in the set.
    bool erase(std::uint64_t id);
    bool contains(std::uint64_t id) const;

    std::size_t size() const { return size_; }

    bool empty() const { return size_ == 0; }

    void clear();

private:
    struct Slot {
        std::uint64_t id = 0;
        bool used = false;
    };

    std::size_t home(std::uint64_t id) const;
    // Returns the index of the id, or of the free place for it.
    std::size_t find(std::uint64_t id) const;
    void grow();

    std::vector<Slot> slots_;  // empty, or a power of two of them, at most three quarters used
    std::size_t size_ = 0;
};

}  // namespace telex::session::native
