#pragma once
// A store that passes all calls to another one, which outlives it. Tests hold its commits, and
// make them fail.
#include "store/store.hpp"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace telex::storage::test {

// The switches of a store; shared by the test and the store. Thread-safe.
class StoreGate {
public:
    void close() {
        set([this] { closed_ = true; });
    }

    void open() {
        set([this] { closed_ = false; });
    }

    // The state of the store, and the outcome of commits with records.
    void set_state(store::StoreState state) {
        set([&] { state_ = state; });
    }

    // The next commits with records fail, although the state is ok until then.
    void fail_commits(store::StoreFault fault) {
        set([&] {
            failing_ = true;
            fault_ = fault;
        });
    }

    void succeed() {
        set([this] { failing_ = false; });
    }

    // Waits until a commit is at the closed gate.
    void await_commit() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_; });
    }

    // Waits until the store was asked for this number of commits.
    void await_commits(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return commits_.size() >= count; });
    }

    store::StoreState state() const {
        const std::lock_guard lock(mutex_);
        return state_;
    }

    std::vector<std::pair<std::size_t, store::Durability>> commits() const {
        const std::lock_guard lock(mutex_);
        return commits_;
    }

    // Reads of the block with this record fail.
    void damage(store::Sequence sequence) {
        set([&] { damaged_ = sequence; });
    }

    [[nodiscard]] store::Expected<store::BlockPtr> check(store::Expected<store::BlockPtr> block
    ) const {
        const std::lock_guard lock(mutex_);
        if (damaged_ == 0 || !block || *block == nullptr || (*block)->last() < damaged_ ||
            (*block)->base() > damaged_) {
            return block;
        }
        return store::store_error(
            store::StoreFault::damaged, "record " + std::to_string(damaged_) + " is damaged"
        );
    }

    // Returns whether the commit may go on.
    [[nodiscard]] store::Expected<void> pass(
        const store::Commit& commit, store::Durability durability
    ) {
        std::unique_lock lock(mutex_);
        waiting_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !closed_; });
        waiting_ = false;
        std::size_t records = 0;
        for (const store::BlockPtr& block : commit.blocks) {
            records += block->size();
        }
        commits_.emplace_back(records, durability);
        changed_.notify_all();
        if (state_ == store::StoreState::failed) {
            return store::store_error(store::StoreFault::failed, "the store failed");
        }
        if (failing_ && records > 0) {
            if (fault_ == store::StoreFault::failed) {
                state_ = store::StoreState::failed;
            }
            return store::store_error(fault_, "the commit failed");
        }
        return {};
    }

private:
    template <class Change>
    void set(Change change) {
        const std::lock_guard lock(mutex_);
        change();
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    bool waiting_ = false;
    bool failing_ = false;
    store::Sequence damaged_ = 0;
    store::StoreFault fault_ = store::StoreFault::failed;
    store::StoreState state_ = store::StoreState::ok;
    std::vector<std::pair<std::size_t, store::Durability>> commits_;  // records of each
};

class GatedReader final : public store::BlockReader {
public:
    GatedReader(std::unique_ptr<store::BlockReader> below, std::shared_ptr<StoreGate> gate)
        : below_(std::move(below)), gate_(std::move(gate)) {}

    void seek(store::Sequence sequence) override { below_->seek(sequence); }

    [[nodiscard]] store::Expected<store::BlockPtr> next() override {
        return gate_->check(below_->next());
    }

private:
    std::unique_ptr<store::BlockReader> below_;
    std::shared_ptr<StoreGate> gate_;
};

class GatedStore final : public store::Store {
public:
    GatedStore(std::shared_ptr<store::Store> below, std::shared_ptr<StoreGate> gate)
        : below_(std::move(below)), gate_(std::move(gate)) {}

    [[nodiscard]] store::Expected<void> commit(
        const store::Commit& commit, store::Durability durability
    ) override {
        return gate_->pass(commit, durability).and_then([&] {
            return below_->commit(commit, durability);
        });
    }

    [[nodiscard]] store::Expected<void> release_before(
        store::StreamId stream, store::Sequence sequence
    ) override {
        return below_->release_before(stream, sequence);
    }

    [[nodiscard]] store::Expected<void> remove_stream(store::StreamId stream) override {
        return below_->remove_stream(stream);
    }

    [[nodiscard]] store::Expected<void> checkpoint(const std::string& folder) override {
        return below_->checkpoint(folder);
    }

    void give_up() override { below_->give_up(); }

    [[nodiscard]] store::Expected<store::BlockPtr> block_from(
        store::StreamId stream, store::Sequence sequence
    ) const override {
        return gate_->check(below_->block_from(stream, sequence));
    }

    [[nodiscard]] store::Expected<store::BlockPtr> block_before(
        store::StreamId stream, store::Sequence sequence
    ) const override {
        return gate_->check(below_->block_before(stream, sequence));
    }

    std::unique_ptr<store::BlockReader> reader(store::StreamId stream) const override {
        return std::make_unique<GatedReader>(below_->reader(stream), gate_);
    }

    [[nodiscard]] store::Expected<std::vector<store::StreamMeta>> streams() const override {
        return below_->streams();
    }

    [[nodiscard]] store::Expected<std::vector<store::Cursor>> cursors(store::StreamId stream
    ) const override {
        return below_->cursors(stream);
    }

    [[nodiscard]] store::Expected<std::vector<store::Holes>> holes(store::StreamId stream
    ) const override {
        return below_->holes(stream);
    }

    [[nodiscard]] store::Expected<store::VerifyProgress> verify(const store::VerifyHooks& hooks
    ) const override {
        return below_->verify(hooks);
    }

    store::StoreState state() const override { return gate_->state(); }

    std::string state_reason() const override {
        return gate_->state() == store::StoreState::ok ? "" : "the test says so";
    }

    store::StoreFigures figures() const override { return below_->figures(); }

private:
    std::shared_ptr<store::Store> below_;
    std::shared_ptr<StoreGate> gate_;
};

}  // namespace telex::storage::test
