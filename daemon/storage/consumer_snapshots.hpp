#pragma once
// Snapshots of durable consumers on their way to the store: they ride with commits, those of a
// consumer at most ten times a second.
//
// A snapshot waits for the disk only if deliveries wait for it. Others are written with the next
// commit, whatever its durability: after a power loss more records are delivered again, flagged.
#include "storage/commit_group.hpp"
#include "storage/consumer_set.hpp"

#include <functional>
#include <vector>

namespace telex::storage {

// Owner: Consumers. The storage thread.
class ConsumerSnapshots {
public:
    // Runs when the first snapshot of a new consumer is on the disk, or the store has failed.
    using Created = std::function<void(ConsumerRuntime&, const CommitOutcome&)>;

    // The set must outlive it.
    ConsumerSnapshots(ConsumerSet& set, Created created)
        : set_(set), created_(std::move(created)) {}

    // After a turn of the consumer.
    void note(ConsumerRuntime& consumer);
    void remove(ConsumerRuntime& consumer);
    // Adds snapshots to the group. `all`: also those that are not due yet.
    void join_group(CommitGroup& group, bool all, TimePoint now);

    // When a snapshot is due; TimePoint() for at once, TimePoint::max() if there is none.
    TimePoint next() const;

private:
    // By name: the consumer may be gone after the commit.
    struct Taken {
        ConsumerIdentity identity;
        ConsumerSnapshot snapshot;
    };

    using TakenSnapshots = std::vector<Taken>;

    void finish(const TakenSnapshots& taken, bool synced, const CommitOutcome& outcome);

    ConsumerSet& set_;
    Created created_;
    std::vector<ConsumerRuntime*> changed_;
    TimePoint due_;
    bool urgent_ = false;
};

}  // namespace telex::storage
