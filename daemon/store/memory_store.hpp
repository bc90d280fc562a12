#pragma once
// A store in memory: for streams that do not outlive the daemon, and the model of the others. Never
// full and never failed; the memory budget is the caller's.
#include "store/store.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace telex::store {

class MemoryStore final : public Store {
public:
    explicit MemoryStore(CommitHook on_commit = {});

    [[nodiscard]] Expected<void> commit(const Commit& commit, Durability durability) override;
    [[nodiscard]] Expected<void> release_before(StreamId stream, Sequence sequence) override;
    [[nodiscard]] Expected<void> remove_stream(StreamId stream) override;
    [[nodiscard]] Expected<void> checkpoint(const std::string& folder) override;

    void give_up() override {}

    [[nodiscard]] Expected<BlockPtr> block_from(StreamId stream, Sequence sequence) const override;
    [[nodiscard]] Expected<BlockPtr> block_before(StreamId stream, Sequence sequence)
        const override;
    std::unique_ptr<BlockReader> reader(StreamId stream) const override;

    [[nodiscard]] Expected<std::vector<StreamMeta>> streams() const override;
    [[nodiscard]] Expected<std::vector<Cursor>> cursors(StreamId stream) const override;
    [[nodiscard]] Expected<std::vector<Holes>> holes(StreamId stream) const override;
    [[nodiscard]] Expected<VerifyProgress> verify(const VerifyHooks& hooks) const override;

    StoreState state() const override { return StoreState::ok; }

    std::string state_reason() const override { return {}; }

    StoreFigures figures() const override;

private:
    using Key = std::pair<StreamId, std::uint64_t>;  // a base or a consumer

    void apply(const Commit& commit);
    void remove_block(Key key);

    CommitHook on_commit_;
    mutable std::mutex mutex_;  // of all below
    std::map<Key, BlockPtr> blocks_;
    std::map<Key, std::string> cursors_;
    std::map<Key, std::string> holes_;
    std::map<StreamId, StreamMeta> streams_;
    std::uint64_t commits_ = 0;
    std::uint64_t block_bytes_ = 0;
};

}  // namespace telex::store
