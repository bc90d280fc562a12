#pragma once
// The file system below RocksDB: never lets it see a full disk.
//
// Debian's RocksDB is built with asserts and may end the process after a failed write. The reserve
// (disk_space.hpp) stops commits early; this is the second line: a write that finds no room is held
// and repeated until it succeeds or the store ends. Every append is a positioned write, so that the
// repetition writes over what a failed attempt left. All other errors of writes pass, and are
// noted: the store is failed then. A failed sync is never repeated, because the kernel may have
// dropped the pages.
//
// Files elsewhere, which RocksDB writes for a copy of the store, are neither held nor noted: a
// fault there is an error of the copy only.
//
// New files get mode 0600.
#include <rocksdb/file_system.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace telex::store {

// Thread-safe. Shared by the file system, its files and the store.
class WriteGuard {
public:
    // `wait`: between two attempts; false gives up. The default waits 50 ms, or until stop().
    // `no_room`: called when a write begins to wait.
    WriteGuard(std::function<bool()> wait, std::function<void()> no_room);

    // Repeats the write while there is no room for it. Other errors are noted.
    template <class Write>
    rocksdb::IOStatus hold(const Write& write) {
        rocksdb::IOStatus status = write();
        return status.IsNoSpace() ? repeat(write) : note(std::move(status));
    }

    // Notes an error of a write that is not repeated.
    rocksdb::IOStatus note(rocksdb::IOStatus status);
    // Later and waiting writes that find no room fail.
    void stop();

    bool is_holding() const { return holding_.load(std::memory_order_relaxed) > 0; }

    bool has_failed() const { return failed_.load(std::memory_order_acquire); }

    // The first error that passed; empty without one.
    std::string failure() const;

    std::uint64_t holds() const { return holds_.load(std::memory_order_relaxed); }

private:
    rocksdb::IOStatus repeat(const std::function<rocksdb::IOStatus()>& write);
    bool wait_a_while();

    std::function<bool()> wait_;
    std::function<void()> no_room_;
    std::atomic<int> holding_{0};
    std::atomic<std::uint64_t> holds_{0};
    std::atomic<bool> failed_{false};
    mutable std::mutex mutex_;
    std::condition_variable stopped_changed_;
    bool stopped_ = false;
    std::string failure_;
};

class HoldingFileSystem final : public rocksdb::FileSystemWrapper {
public:
    // `folder`: of the database.
    HoldingFileSystem(
        const std::shared_ptr<rocksdb::FileSystem>& target,
        std::shared_ptr<WriteGuard> guard,
        const std::string& folder
    );

    const char* Name() const override { return "telex"; }

    rocksdb::IOStatus NewWritableFile(
        const std::string& name,
        const rocksdb::FileOptions& options,
        std::unique_ptr<rocksdb::FSWritableFile>* result,
        rocksdb::IODebugContext* debug
    ) override;
    rocksdb::IOStatus RenameFile(
        const std::string& from,
        const std::string& to,
        const rocksdb::IOOptions& options,
        rocksdb::IODebugContext* debug
    ) override;
    rocksdb::IOStatus LockFile(
        const std::string& name,
        const rocksdb::IOOptions& options,
        rocksdb::FileLock** lock,
        rocksdb::IODebugContext* debug
    ) override;

private:
    bool is_ours(const std::string& name) const { return name.starts_with(prefix_); }

    std::shared_ptr<WriteGuard> guard_;
    std::string prefix_;
};

// The time that this thread has waited for syncs of such files since it last asked.
std::chrono::nanoseconds take_sync_time();

}  // namespace telex::store
