#pragma once
// Writes groups to the store, one commit each, and answers the shards: the committer thread.
//
// The thread builds the blocks of a group as well, so that the storage thread decides meanwhile.
#include "exchange/stream_storage.hpp"
#include "storage/commit_group.hpp"
#include "storage/work_queue.hpp"
#include "store/block_builder.hpp"
#include "store/store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace telex::storage {

// Totals since the start. Any thread.
struct CommitFigures {
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> records{0};
    std::atomic<std::uint64_t> bytes{0};  // of the blocks, as stored
    std::atomic<std::int64_t> commit_nanoseconds{0};
    std::atomic<bool> raised_priority{false};
};

// Owner: StorageLoop. One thread at a time: its own after start().
class Committer {
public:
    using Done = std::function<void(std::unique_ptr<CommitGroup>, CommitOutcome)>;

    // The store must outlive it. `done` runs on the thread of the commit.
    Committer(store::Store& store, Done done) : store_(store), done_(std::move(done)) {}

    // Starts the thread. Until then, commits run on the caller's.
    void start(std::vector<exchange::OfferSource*> shards);

    // After the last commit.
    void stop() { queue_.stop(); }

    // Storage thread. One group at a time. Answers its batches, then calls `done`.
    void commit(std::unique_ptr<CommitGroup> group);

    const CommitFigures& figures() const { return figures_; }

private:
    void run(std::unique_ptr<CommitGroup> group);
    CommitOutcome write(CommitGroup& group);
    [[nodiscard]] store::Expected<void> add(const StreamPart& part);
    void add_holes(const StreamPart& part);
    void after_commit(const CommitGroup& group);
    void count(std::chrono::nanoseconds time);

    store::Store& store_;
    Done done_;
    std::vector<exchange::OfferSource*> shards_;
    WorkQueue queue_;
    store::BlockBuilder builder_;
    store::Commit commit_;
    CommitFigures figures_;
};

}  // namespace telex::storage
