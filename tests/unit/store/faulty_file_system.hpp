#pragma once
// A file system with faults, over real files: it fails the k-th write, and it knows what a power
// loss would leave. Nothing depends on time.
#include <rocksdb/file_system.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace telex::store::test {

enum class WriteFault { none, no_space, io_error };

// The part of a file's unsynced bytes that a power loss leaves.
enum class Unsynced {
    dropped,
    half,       // the first half of them
    torn_page,  // all, but the last page that they touch is zero
};

// Thread-safe.
class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
public:
    FaultyFileSystem();
    ~FaultyFileSystem() override;

    const char* Name() const override { return "faulty"; }

    // The k-th write from now on, counted from 0, fails, and all later ones until heal().
    void fail_from(std::uint64_t write, WriteFault fault);
    void heal();
    // Appends, creations, renames, truncations and syncs so far.
    std::uint64_t writes() const;
    // Called before each sync of a file, from any thread.
    void before_sync(std::function<void()> call);

    // Copies the files of a folder as a power loss would leave them.
    void copy_after_power_loss(const std::string& from, const std::string& to, Unsynced unsynced);

    rocksdb::IOStatus NewWritableFile(
        const std::string& name,
        const rocksdb::FileOptions& options,
        std::unique_ptr<rocksdb::FSWritableFile>* result,
        rocksdb::IODebugContext* debug
    ) override;
    rocksdb::IOStatus NewDirectory(
        const std::string& name,
        const rocksdb::IOOptions& options,
        std::unique_ptr<rocksdb::FSDirectory>* result,
        rocksdb::IODebugContext* debug
    ) override;
    rocksdb::IOStatus RenameFile(
        const std::string& from,
        const std::string& to,
        const rocksdb::IOOptions& options,
        rocksdb::IODebugContext* debug
    ) override;
    rocksdb::IOStatus DeleteFile(
        const std::string& name, const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug
    ) override;

    // Called by its files.
    rocksdb::IOStatus begin_write();
    void note_size(const std::string& name, std::uint64_t size);
    rocksdb::IOStatus begin_sync();
    void note_sync(const std::string& name);
    void note_folder_sync();

private:
    struct File {
        std::uint64_t size = 0;
        std::uint64_t synced = 0;
    };

    mutable std::mutex mutex_;
    std::uint64_t writes_ = 0;
    std::optional<std::uint64_t> fail_from_;
    WriteFault fault_ = WriteFault::none;
    std::function<void()> before_sync_;
    std::map<std::string, File> files_;
    // Names whose folder was not synced since: content before, nothing if the name is new.
    std::map<std::string, std::optional<std::string>> names_;
};

}  // namespace telex::store::test
