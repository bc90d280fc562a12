#include "net/unix_lock.hpp"

#include "base/printable.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace telex::net {

namespace {

// The holder unlinks the file before it releases the lock: a lock on an unlinked file is worthless.
constexpr int kAttempts = 16;

bool same_file(int directory, const std::string& name, int fd) {
    struct stat held{};
    struct stat named{};
    return ::fstat(fd, &held) == 0 &&
           ::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

std::string holder_of(int fd) {
    std::array<char, 24> text{};
    const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
    const std::string_view content(
        text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))
    );
    const std::string_view pid = content.substr(0, content.find_first_not_of("0123456789"));
    return pid.empty() ? "another process" : fmt::format("process {}", pid);
}

[[nodiscard]] Result<UniqueFd, SystemError> open_lock(int directory, const std::string& name) {
    const std::string doing = fmt::format("lock file {}", printable(name));
    // NONBLOCK: a FIFO planted under this name must not block the daemon.
    constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    UniqueFd fd(::openat(directory, name.c_str(), kFlags, 0600));
    if (!fd) {
        return unexpected(system_error(errno, doing));
    }
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) {
        return unexpected(system_error(errno, doing));
    }
    if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || info.st_nlink > 1) {
        return unexpected(system_error(EACCES, doing, "not a plain file of this user alone"));
    }
    return fd;
}

void write_holder(int fd) {
    const std::string text = fmt::format("{}\n", ::getpid());
    // Informational; the lock holds without it.
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) < 0) {
        errno = 0;
    }
}

[[nodiscard]] Result<UniqueFd, SystemError> lock_file(int directory, const std::string& name) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        auto fd = open_lock(directory, name);
        if (!fd) {
            return fd;
        }
        if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
            const int code = errno == EWOULDBLOCK ? EADDRINUSE : errno;
            return unexpected(system_error(
                code,
                fmt::format("lock file {}", printable(name)),
                fmt::format("in use by {}", holder_of(fd->get()))
            ));
        }
        if (same_file(directory, name, fd->get())) {
            write_holder(fd->get());
            return fd;
        }
    }
    return unexpected(
        system_error(EADDRINUSE, fmt::format("lock file {}", printable(name)), "keeps changing")
    );
}

}  // namespace

Result<UnixLockPtr, SystemError> UnixLock::take(UniqueFd directory, std::string name) {
    auto file = lock_file(directory.get(), name);
    if (!file) {
        return unexpected(std::move(file.error()));
    }
    return std::make_shared<const UnixLock>(
        std::move(directory), std::move(name), *std::move(file)
    );
}

UnixLock::UnixLock(UniqueFd directory, std::string name, UniqueFd file)
    : directory_(std::move(directory)), name_(std::move(name)), file_(std::move(file)) {}

UnixLock::~UnixLock() {
    if (is_at(directory_.get(), name_)) {
        ::unlinkat(directory_.get(), name_.c_str(), 0);
    }
}

bool UnixLock::is_at(int directory, const std::string& name) const {
    return same_file(directory, name, file_.get());
}

}  // namespace telex::net
