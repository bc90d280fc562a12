#pragma once
// The storage thread: takes offers and tasks from its mailbox, decides, and hands one group after
// the other to the committer.
//
//   mailbox: offers, tasks, the outcome of a commit
//      |  a turn: outcome, expiry, tasks, offers, then a group if the committer is idle
//      v
//   group: grows while the one before is committed, at most by max_pending_bytes
//
// All that is decided while a commit is under way is the next commit: there is no timer.
#include "base/time.hpp"
#include "storage/committer.hpp"
#include "storage/loop_guest.hpp"
#include "storage/stream_set.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace telex::storage {

struct LoopOptions {
    std::uint64_t max_pending_bytes = 0;
    std::function<streams::Time()> wall_clock;
    std::function<TimePoint()> steady_clock;
};

// Owner: the engine. "Storage thread": before start(), the caller of post().
class StorageLoop {
public:
    using Task = std::function<void()>;
    using Waiter = std::function<void(const CommitOutcome&)>;

    // The store and the streams must outlive it.
    StorageLoop(store::Store& store, StreamSet& streams, LoopOptions options);

    ~StorageLoop() { stop(); }

    // `newest`: the largest time of a record. Before start().
    void use_newest_time(std::optional<streams::Time> newest) { clock_.emplace(newest); }

    // Before start(). It must outlive the threads.
    void use_guest(LoopGuest& guest) { guest_ = &guest; }

    void start(std::vector<exchange::OfferSource*> shards);
    // Decides and commits all that was offered, then ends the threads.
    void stop();

    // --- any thread
    void offer(std::unique_ptr<exchange::OfferBatch> batch);
    // Before start(), the task runs at once, and what follows from it. After stop() it is dropped.
    void post(Task task);

    const CommitFigures& figures() const { return committer_.figures(); }

    // No publication is stored until a restart, whatever the state of the store is.
    bool has_failed() const { return failed_.load(std::memory_order_relaxed); }

    // Why; empty if it has not failed.
    std::string failure() const;

    // --- the storage thread
    // The task runs when all decisions are committed.
    void at_rest(Task task) { at_rest_.push_back(std::move(task)); }

    // The waiter runs once all that was decided up to now is committed, or has failed.
    void after_commit(Waiter waiter, bool needs_sync = true);

    // Decides about a message of the daemon itself. It is committed with the next group.
    [[nodiscard]] exchange::StreamDecision decide_one(const exchange::OfferedMessage& offer);

    TimePoint now() const { return options_.steady_clock(); }

    // That is being filled.
    CommitGroup& group() { return *group_; }

    streams::StreamTimes times() {
        return clock_->read(options_.wall_clock(), options_.steady_clock());
    }

    const std::vector<exchange::OfferSource*>& shards() const { return shards_; }

private:
    struct Outcome {
        std::unique_ptr<CommitGroup> group;
        CommitOutcome outcome;
    };

    struct Mail {
        std::vector<std::unique_ptr<exchange::OfferBatch>> offers;
        std::vector<Task> tasks;
        std::optional<Outcome> outcome;

        bool empty() const { return offers.empty() && tasks.empty() && !outcome; }
    };

    void run();
    void run_without_thread();
    void wait(Mail& mail);
    void turn(Mail& mail);
    bool is_idle() const;
    bool may_decide() const;
    std::optional<TimePoint> next_wake_up() const;

    void decide_backlog();
    void decide(exchange::OfferBatch& batch, streams::Time now);
    [[nodiscard]] exchange::StreamDecision decide(
        const exchange::OfferedMessage& offer, store::StoreState state, const DecisionPlace& place
    );
    void expire(const streams::StreamTimes& times, TimePoint now);
    void probe_full_disk(TimePoint now);

    void commit_group(TimePoint now);
    void gather();
    void finish(Outcome outcome, TimePoint now);
    void note_synced(const CommitGroup& group, TimePoint now);
    void lose(const CommitGroup& group, const CommitOutcome& outcome);
    void answer_group(const CommitOutcome& outcome);
    void fail(std::string reason);
    void recycle(std::unique_ptr<CommitGroup> group);

    store::Store& store_;
    StreamSet& streams_;
    LoopOptions options_;
    LoopGuest no_guest_;
    LoopGuest* guest_ = &no_guest_;
    std::vector<exchange::OfferSource*> shards_;
    Committer committer_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Mail mail_;  // guarded by mutex_
    bool running_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    std::string failure_;
    std::thread thread_;

    // Of the storage thread.
    std::optional<streams::StreamClock> clock_{std::nullopt};
    std::deque<std::unique_ptr<exchange::OfferBatch>> backlog_;
    std::deque<Task> at_rest_;
    std::unique_ptr<CommitGroup> group_ = std::make_unique<CommitGroup>();
    std::unique_ptr<CommitGroup> spare_;
    const CommitGroup* in_flight_ = nullptr;
    std::atomic<bool> failed_{false};
    bool deciding_ = false;                 // run_without_thread() is under way
    std::optional<TimePoint> next_expiry_;  // the streams have a deadline
    std::optional<TimePoint> sync_due_;     // of buffered commits
    std::optional<TimePoint> next_probe_;   // the disk is full
    std::optional<TimePoint> hold_until_;   // changes that found no room
};

}  // namespace telex::storage
