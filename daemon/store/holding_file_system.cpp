#include "store/holding_file_system.hpp"

#include "base/time.hpp"

#include <sys/stat.h>

#include <utility>

namespace telex::store {

namespace {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

thread_local std::chrono::nanoseconds sync_time_of_thread{};

// Adds the time of its life to the sync time of the thread.
class SyncTimer {
public:
    SyncTimer() = default;
    SyncTimer(const SyncTimer&) = delete;
    SyncTimer& operator=(const SyncTimer&) = delete;

    ~SyncTimer() { sync_time_of_thread += Clock::now() - begin_; }

private:
    TimePoint begin_ = Clock::now();
};

class HoldingFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    HoldingFile(std::unique_ptr<FSWritableFile> target, std::shared_ptr<WriteGuard> guard)
        : FSWritableFileOwnerWrapper(std::move(target)), guard_(std::move(guard)) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        IOStatus status =
            guard_->hold([&] { return target()->PositionedAppend(data, size_, options, debug); });
        if (status.ok()) {
            size_ += data.size();
        }
        return status;
    }

    IOStatus Append(
        const Slice& data,
        const IOOptions& options,
        const rocksdb::DataVerificationInfo& /*verification*/,
        IODebugContext* debug
    ) override {
        return Append(data, options, debug);
    }

    IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug)
        override {
        IOStatus status = guard_->hold([&] { return target()->Truncate(size, options, debug); });
        if (status.ok()) {
            size_ = size;
        }
        return status;
    }

    IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
        return guard_->note(target()->Flush(options, debug));
    }

    IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
        return guard_->note(target()->Close(options, debug));
    }

    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        const SyncTimer timer;
        return guard_->note(target()->Sync(options, debug));
    }

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        const SyncTimer timer;
        return guard_->note(target()->Fsync(options, debug));
    }

    IOStatus RangeSync(
        std::uint64_t offset, std::uint64_t bytes, const IOOptions& options, IODebugContext* debug
    ) override {
        return guard_->note(target()->RangeSync(offset, bytes, options, debug));
    }

private:
    std::shared_ptr<WriteGuard> guard_;
    std::uint64_t size_ = 0;
};

}  // namespace

std::chrono::nanoseconds take_sync_time() {
    return std::exchange(sync_time_of_thread, {});
}

WriteGuard::WriteGuard(std::function<bool()> wait, std::function<void()> no_room)
    : wait_(std::move(wait)), no_room_(std::move(no_room)) {}

IOStatus WriteGuard::repeat(const std::function<IOStatus()>& write) {
    holding_.fetch_add(1, std::memory_order_relaxed);
    holds_.fetch_add(1, std::memory_order_relaxed);
    no_room_();
    IOStatus status = write();
    while (status.IsNoSpace() && wait_a_while()) {
        status = write();
    }
    holding_.fetch_sub(1, std::memory_order_relaxed);
    return note(std::move(status));
}

IOStatus WriteGuard::note(IOStatus status) {
    if (!status.ok() && !status.IsNotSupported()) {
        const std::lock_guard lock(mutex_);
        if (failure_.empty()) {
            failure_ = status.ToString();
        }
        failed_.store(true, std::memory_order_release);
    }
    return status;
}

bool WriteGuard::wait_a_while() {
    std::unique_lock lock(mutex_);
    if (stopped_) {
        return false;
    }
    if (wait_) {
        lock.unlock();
        return wait_();
    }
    return !stopped_changed_.wait_for(lock, std::chrono::milliseconds(50), [&] {
        return stopped_;
    });
}

void WriteGuard::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    stopped_changed_.notify_all();
}

std::string WriteGuard::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

HoldingFileSystem::HoldingFileSystem(
    const std::shared_ptr<rocksdb::FileSystem>& target,
    std::shared_ptr<WriteGuard> guard,
    const std::string& folder
)
    : FileSystemWrapper(target), guard_(std::move(guard)), prefix_(folder + "/") {}

IOStatus HoldingFileSystem::NewWritableFile(
    const std::string& name,
    const FileOptions& options,
    std::unique_ptr<FSWritableFile>* result,
    IODebugContext* debug
) {
    std::unique_ptr<FSWritableFile> file;
    const auto create = [&] { return target()->NewWritableFile(name, options, &file, debug); };
    IOStatus status = is_ours(name) ? guard_->hold(create) : create();
    if (!status.ok()) {
        return status;
    }
    // The folder is private, so a failure exposes nothing.
    (void)::chmod(name.c_str(), 0600);
    if (is_ours(name)) {
        file = std::make_unique<HoldingFile>(std::move(file), guard_);
    }
    *result = std::move(file);
    return status;
}

IOStatus HoldingFileSystem::RenameFile(
    const std::string& from, const std::string& to, const IOOptions& options, IODebugContext* debug
) {
    const auto rename = [&] { return target()->RenameFile(from, to, options, debug); };
    return is_ours(to) ? guard_->hold(rename) : rename();
}

IOStatus HoldingFileSystem::LockFile(
    const std::string& name,
    const IOOptions& options,
    rocksdb::FileLock** lock,
    IODebugContext* debug
) {
    IOStatus status = target()->LockFile(name, options, lock, debug);
    if (status.ok()) {
        // As above.
        (void)::chmod(name.c_str(), 0600);
    }
    return status;
}

}  // namespace telex::store
