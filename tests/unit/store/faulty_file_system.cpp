#include "unit/store/faulty_file_system.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace telex::store::test {

namespace {

using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::uint64_t kPage = 4096;

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyFile(std::unique_ptr<FSWritableFile> target, std::string name, FaultyFileSystem& system)
        : FSWritableFileOwnerWrapper(std::move(target)), name_(std::move(name)), system_(system) {}

    IOStatus PositionedAppend(
        const rocksdb::Slice& data,
        std::uint64_t offset,
        const IOOptions& options,
        IODebugContext* debug
    ) override {
        if (IOStatus fault = system_.begin_write(); !fault.ok()) {
            // A full disk leaves a part of the write.
            const rocksdb::Slice part(data.data(), data.size() / 2);
            target()->PositionedAppend(part, offset, options, debug).PermitUncheckedError();
            return fault;
        }
        system_.note_size(name_, offset + data.size());
        return target()->PositionedAppend(data, offset, options, debug);
    }

    IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug)
        override {
        IOStatus fault = system_.begin_write();
        return fault.ok() ? target()->Truncate(size, options, debug) : fault;
    }

    // Only noted: a power loss of the machine does not matter to a test.
    IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        IOStatus fault = system_.begin_sync();
        if (fault.ok()) {
            system_.note_sync(name_);
        }
        return fault;
    }

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return Sync(options, debug);
    }

private:
    std::string name_;
    FaultyFileSystem& system_;
};

class FaultyFolder final : public rocksdb::FSDirectoryWrapper {
public:
    FaultyFolder(std::unique_ptr<FSDirectory> target, FaultyFileSystem& system)
        : FSDirectoryWrapper(std::move(target)), system_(system) {}

    IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        IOStatus fault = system_.begin_sync();
        if (fault.ok()) {
            system_.note_folder_sync();
        }
        return fault;
    }

    IOStatus FsyncWithDirOptions(
        const IOOptions& options,
        IODebugContext* debug,
        const rocksdb::DirFsyncOptions& /*folder_options*/
    ) override {
        return Fsync(options, debug);
    }

private:
    FaultyFileSystem& system_;
};

std::string content_of(const std::string& name) {
    std::ostringstream content;
    content << std::ifstream(name, std::ios::binary).rdbuf();
    return content.str();
}

std::string after_power_loss(std::string content, std::uint64_t synced, Unsynced unsynced) {
    const std::uint64_t lost = content.size() - std::min<std::uint64_t>(synced, content.size());
    if (lost == 0) {
        return content;
    }
    switch (unsynced) {
        case Unsynced::dropped:
            content.resize(synced);
            break;
        case Unsynced::half:
            content.resize(synced + lost / 2);
            break;
        case Unsynced::torn_page: {
            const std::uint64_t page = (content.size() - 1) / kPage * kPage;
            const std::uint64_t begin = std::max(page, synced);
            std::fill(content.begin() + static_cast<std::ptrdiff_t>(begin), content.end(), '\0');
            break;
        }
    }
    return content;
}

}  // namespace

FaultyFileSystem::FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

FaultyFileSystem::~FaultyFileSystem() = default;

void FaultyFileSystem::fail_from(std::uint64_t write, WriteFault fault) {
    const std::lock_guard lock(mutex_);
    fail_from_ = writes_ + write;
    fault_ = fault;
}

void FaultyFileSystem::heal() {
    const std::lock_guard lock(mutex_);
    fail_from_.reset();
}

std::uint64_t FaultyFileSystem::writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
}

void FaultyFileSystem::before_sync(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    before_sync_ = std::move(call);
}

IOStatus FaultyFileSystem::begin_write() {
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = writes_++;
    if (!fail_from_ || number < *fail_from_) {
        return IOStatus::OK();
    }
    return fault_ == WriteFault::no_space ? IOStatus::NoSpace("injected")
                                          : IOStatus::IOError("injected");
}

IOStatus FaultyFileSystem::begin_sync() {
    std::function<void()> call;
    {
        const std::lock_guard lock(mutex_);
        call = before_sync_;
    }
    if (call) {
        call();
    }
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = writes_++;
    // A sync needs no room here.
    const bool fails = fail_from_ && number >= *fail_from_ && fault_ == WriteFault::io_error;
    return fails ? IOStatus::IOError("injected") : IOStatus::OK();
}

void FaultyFileSystem::note_size(const std::string& name, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    files_[name].size = size;
}

void FaultyFileSystem::note_sync(const std::string& name) {
    const std::lock_guard lock(mutex_);
    files_[name].synced = files_[name].size;
}

void FaultyFileSystem::note_folder_sync() {
    const std::lock_guard lock(mutex_);
    names_.clear();
}

IOStatus FaultyFileSystem::NewWritableFile(
    const std::string& name,
    const rocksdb::FileOptions& options,
    std::unique_ptr<FSWritableFile>* result,
    IODebugContext* debug
) {
    if (IOStatus fault = begin_write(); !fault.ok()) {
        return fault;
    }
    std::unique_ptr<FSWritableFile> file;
    IOStatus status = target()->NewWritableFile(name, options, &file, debug);
    if (status.ok()) {
        const std::lock_guard lock(mutex_);
        files_[name] = {};
        names_.try_emplace(name, std::nullopt);
        *result = std::make_unique<FaultyFile>(std::move(file), name, *this);
    }
    return status;
}

IOStatus FaultyFileSystem::NewDirectory(
    const std::string& name,
    const IOOptions& options,
    std::unique_ptr<FSDirectory>* result,
    IODebugContext* debug
) {
    std::unique_ptr<FSDirectory> folder;
    IOStatus status = target()->NewDirectory(name, options, &folder, debug);
    if (status.ok()) {
        *result = std::make_unique<FaultyFolder>(std::move(folder), *this);
    }
    return status;
}

IOStatus FaultyFileSystem::RenameFile(
    const std::string& from, const std::string& to, const IOOptions& options, IODebugContext* debug
) {
    if (IOStatus fault = begin_write(); !fault.ok()) {
        return fault;
    }
    const std::lock_guard lock(mutex_);
    std::optional<std::string> before;
    if (std::filesystem::exists(to)) {
        before = content_of(to);
    }
    IOStatus status = target()->RenameFile(from, to, options, debug);
    if (status.ok()) {
        names_.try_emplace(to, before);
        files_[to] = files_[from];
        files_.erase(from);
        names_.erase(from);
    }
    return status;
}

IOStatus FaultyFileSystem::DeleteFile(
    const std::string& name, const IOOptions& options, IODebugContext* debug
) {
    const std::lock_guard lock(mutex_);
    files_.erase(name);
    names_.erase(name);
    return target()->DeleteFile(name, options, debug);
}

void FaultyFileSystem::copy_after_power_loss(
    const std::string& from, const std::string& to, Unsynced unsynced
) {
    const std::lock_guard lock(mutex_);
    std::filesystem::create_directories(to);
    for (const auto& entry : std::filesystem::directory_iterator(from)) {
        const std::string name = entry.path().string();
        std::optional<std::string> content = content_of(name);
        if (const auto changed = names_.find(name); changed != names_.end()) {
            content = changed->second;
        } else if (const auto file = files_.find(name); file != files_.end()) {
            // The size is that of the file, not of what was preallocated.
            content->resize(std::min<std::uint64_t>(content->size(), file->second.size));
            content = after_power_loss(std::move(*content), file->second.synced, unsynced);
        }
        if (content) {
            std::ofstream(to + "/" + entry.path().filename().string(), std::ios::binary)
                << *content;
        }
    }
}

}  // namespace telex::store::test
