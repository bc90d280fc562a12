#pragma once
// The store of RocksDB behind open_rocks_store(): writing, and the state that decides whether it
// may write.
#include "store/ballast.hpp"
#include "store/disk_space.hpp"
#include "store/flush_pace.hpp"
#include "store/holding_file_system.hpp"
#include "store/mark_file.hpp"
#include "store/rocks_database.hpp"
#include "store/rocks_reading.hpp"
#include "store/rocks_store.hpp"
#include "store/store_folder.hpp"

#include <rocksdb/write_batch.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace telex::store {

constexpr std::uint32_t kStoreFormat = 1;

// The parts of an open store, in the order in which they are made.
struct RocksParts {
    StoreFolder folder;
    std::unique_ptr<Ballast> ballast;
    std::unique_ptr<DiskSpace> space;
    std::shared_ptr<WriteGuard> guard;
    std::unique_ptr<RocksDatabase> database;
    std::unique_ptr<MarkFile> mark;
};

class RocksStore final : public Store {
public:
    RocksStore(RocksSettings settings, RocksParts parts);
    ~RocksStore() override;

    [[nodiscard]] Expected<void> commit(const Commit& commit, Durability durability) override;
    [[nodiscard]] Expected<void> release_before(StreamId stream, Sequence sequence) override;
    [[nodiscard]] Expected<void> remove_stream(StreamId stream) override;
    [[nodiscard]] Expected<void> checkpoint(const std::string& folder) override;
    void give_up() override;

    [[nodiscard]] Expected<BlockPtr> block_from(StreamId stream, Sequence sequence) const override;
    [[nodiscard]] Expected<BlockPtr> block_before(StreamId stream, Sequence sequence)
        const override;
    std::unique_ptr<BlockReader> reader(StreamId stream) const override;
    [[nodiscard]] Expected<std::vector<StreamMeta>> streams() const override;
    [[nodiscard]] Expected<std::vector<Cursor>> cursors(StreamId stream) const override;
    [[nodiscard]] Expected<std::vector<Holes>> holes(StreamId stream) const override;
    [[nodiscard]] Expected<VerifyProgress> verify(const VerifyHooks& hooks) const override;

    StoreState state() const override;
    std::string state_reason() const override;
    StoreFigures figures() const override;

private:
    // Whether the store may write now; `adds`: whether the commit has records.
    [[nodiscard]] Expected<void> admit(bool adds);
    void fill_batch(const Commit& commit);
    // Writes the batch and clears it. Marks it as acknowledged if it was synced.
    [[nodiscard]] Expected<void> write(Durability durability, CommitReport& report);
    [[nodiscard]] Expected<void> free_files(StreamId stream, Sequence begin, Sequence end);
    void delete_range(Family family, const std::string& begin, const std::string& end);
    unexpected<StoreError> fail(std::string reason);

    RocksSettings settings_;
    RocksParts parts_;
    RocksReading reading_;
    FlushPace pace_;
    rocksdb::WriteBatch batch_;
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<bool> failed_{false};
    mutable std::mutex reason_mutex_;
    std::string reason_;
};

}  // namespace telex::store
