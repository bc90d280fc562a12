#include "store/store_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace telex::store {

namespace {

std::string text_of_errno() {
    return std::generic_category().message(errno);
}

unexpected<StoreError> unusable(const std::string& path, std::string_view fault) {
    return store_error(StoreFault::unusable, fmt::format("{}: {}", path, fault));
}

[[nodiscard]] Expected<void> check_rights(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return unusable(path, text_of_errno());
    }
    if (!S_ISDIR(status.st_mode)) {
        return unusable(path, "is not a folder: choose another path for the store");
    }
    if (status.st_uid != ::geteuid()) {
        return unusable(
            path, fmt::format("belongs to uid {}, not to uid {}", status.st_uid, ::geteuid())
        );
    }
    if ((status.st_mode & 077) != 0) {
        return unusable(path, "other users have access: set its mode to 0700");
    }
    return {};
}

std::string holder_of(int lock) {
    char text[32] = {};
    const ssize_t size = ::pread(lock, text, sizeof text - 1, 0);
    return size > 0
               ? fmt::format("process {}", std::string_view(text, static_cast<std::size_t>(size)))
               : "another process";
}

}  // namespace

Expected<void> StoreFolder::create(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        return unusable(path, fmt::format("cannot create the folder: {}", text_of_errno()));
    }
    return {};
}

Expected<void> StoreFolder::sync(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return unusable(path, text_of_errno());
    }
    const bool is_synced = ::fsync(folder) == 0;
    std::string fault = is_synced ? "" : text_of_errno();
    ::close(folder);
    if (!is_synced) {
        return unusable(path, fault);
    }
    return {};
}

Expected<StoreFolder> StoreFolder::open(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return unusable(path, fmt::format("cannot create the folder: {}", text_of_errno()));
    }
    if (auto checked = check_rights(path); !checked) {
        return unexpected(checked.error());
    }
    const std::string name = path + "/lock";
    const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) {
        return unusable(name, fmt::format("cannot open the lock: {}", text_of_errno()));
    }
    StoreFolder folder(path, lock);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return unusable(name, fmt::format("cannot lock: {}", text_of_errno()));
        }
        return store_error(
            StoreFault::locked,
            fmt::format("{}: {} has the store open: stop it first", name, holder_of(lock))
        );
    }
    const std::string process = std::to_string(::getpid());
    // The number only serves the error of another process, so a failure to write it is ignored.
    if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, process.data(), process.size(), 0) < 0) {
        return folder;
    }
    return folder;
}

StoreFolder::StoreFolder(StoreFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

StoreFolder::~StoreFolder() {
    if (lock_ >= 0) {
        ::close(lock_);
    }
}

}  // namespace telex::store
