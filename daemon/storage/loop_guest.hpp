#pragma once
// Work of others in the turns of the storage thread.
#include "base/time.hpp"
#include "storage/commit_group.hpp"

namespace telex::storage {

// The storage thread calls all functions. This one does nothing.
class LoopGuest {
public:
    LoopGuest() = default;
    LoopGuest(const LoopGuest&) = delete;
    LoopGuest& operator=(const LoopGuest&) = delete;
    virtual ~LoopGuest() = default;

    // The streams have added their changes to the group, which is committed next.
    virtual void join_group(CommitGroup& /*group*/, TimePoint /*now*/) {}

    // The group is committed.
    virtual void take_commit(const CommitGroup& /*group*/) {}

    // At the end of each turn.
    virtual void run_turn(TimePoint /*now*/) {}

    // When the next turn is due; TimePoint() for at once, TimePoint::max() for never.
    // `may_commit`: no commit is under way.
    virtual TimePoint next_turn(bool /*may_commit*/) const { return TimePoint::max(); }
};

}  // namespace telex::storage
