#pragma once
// The records that a decision removes, for the caller to apply to the store.
#include "streams/sequence.hpp"

#include <vector>

namespace telex::streams {

// Write the removals in the commit of the record that caused them, or after it: first the holes,
// then the first sequence. A crash in between leaves records that should be gone. This is harmless:
// no removal depends on another one, and StreamState::finish_rebuild() finds those that limits ask
// for again. A roll-up is the exception: write it in the same commit.
struct Removals {
    Sequence first = kNoSequence;  // all records below are removed; kNoSequence: no change
    std::vector<Sequence> holes;   // single records, each above `first`, in no particular order

    bool empty() const { return first == kNoSequence && holes.empty(); }

    // Keeps the memory of `holes`.
    void clear() {
        first = kNoSequence;
        holes.clear();
    }
};

}  // namespace telex::streams
