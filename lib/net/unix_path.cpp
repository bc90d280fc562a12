#include "net/unix_path.hpp"

#include "base/printable.hpp"
#include "net/account.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"
#include "net/unix_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace telex::net {

namespace {

constexpr mode_t kPrivateMode = 0600;
constexpr mode_t kOwnerBits = 0700;
constexpr mode_t kPermissionBits = 0777;

using Done = Result<void, SystemError>;

std::string lock_name(const std::string& name) {
    return name + ".lock";
}

// Target attributes of the file; -1 leaves an id unchanged (convention of chown).
struct Wanted {
    mode_t mode = kPrivateMode;
    uid_t owner = static_cast<uid_t>(-1);
    gid_t group = static_cast<gid_t>(-1);
};

[[nodiscard]] Result<Wanted, SystemError> wanted_from(const UnixFileOptions& options) {
    Wanted wanted;
    wanted.mode = options.mode.value_or(kPrivateMode);
    if ((wanted.mode & ~kPermissionBits) != 0) {
        return unexpected(system_error(EINVAL, "socket mode", "only permission bits are allowed"));
    }
    if (options.owner) {
        auto id = user_id(*options.owner);
        if (!id) {
            return unexpected(std::move(id.error()));
        }
        wanted.owner = *id;
    }
    if (options.group) {
        auto id = group_id(*options.group);
        if (!id) {
            return unexpected(std::move(id.error()));
        }
        wanted.group = *id;
    }
    return wanted;
}

[[nodiscard]] Result<UniqueFd, SystemError> open_directory(const std::string& path) {
    const std::string directory = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    const std::string doing = fmt::format("directory {}", printable(directory));
    UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info{};
    if (!fd || ::fstat(fd.get(), &info) != 0) {
        return unexpected(system_error(errno, doing));
    }
    if ((info.st_mode & S_IWOTH) != 0 && (info.st_mode & S_ISVTX) == 0) {
        return unexpected(system_error(
            EACCES,
            doing,
            "the folder is writable by all users, so any user could replace the socket"
        ));
    }
    return fd;
}

// Only "refused" proves that the socket has no owner; every other result counts as alive.
bool refuses(const Address& address) {
    auto probe = open_socket(AF_UNIX, socket_type(address.transport));
    const SocketAddress where = unix_socket_address(address);
    return probe && ::connect(probe->get(), where.get(), where.length) != 0 &&
           errno == ECONNREFUSED;
}

std::string_view kind_of(mode_t mode) {
    if (S_ISLNK(mode)) {
        return "a symbolic link";
    }
    if (S_ISDIR(mode)) {
        return "a directory";
    }
    return S_ISREG(mode) ? "a file" : "not a socket";
}

// Returns true if a stale socket was removed. Requires the lock: no other telex is between these
// steps.
[[nodiscard]] Result<bool, SystemError> clear_the_way(
    int directory, const std::string& name, const Address& address, const Wanted& wanted
) {
    struct stat info{};
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? Result<bool, SystemError>(false)
                               : unexpected(system_error(errno, "stat"));
    }
    if (!S_ISSOCK(info.st_mode)) {
        return unexpected(system_error(
            EADDRINUSE,
            "bind",
            fmt::format("{} is in the way and is left alone", kind_of(info.st_mode))
        ));
    }
    if (info.st_uid != ::geteuid() && info.st_uid != wanted.owner) {
        return unexpected(system_error(
            EADDRINUSE, "bind", fmt::format("a socket of user {} is in the way", info.st_uid)
        ));
    }
    if (!refuses(address)) {
        return unexpected(system_error(EADDRINUSE, "bind", "another process serves this socket"));
    }
    if (::unlinkat(directory, name.c_str(), 0) != 0) {
        return unexpected(system_error(errno, "unlink the stale socket"));
    }
    return true;
}

// The kernel creates the file with the permissions of the descriptor, less the umask. Unlike a
// change of the umask this affects no other thread.
[[nodiscard]] Done bind_privately(int fd, const Address& address, const Wanted& wanted) {
    if (::fchmod(fd, wanted.mode & kOwnerBits) != 0) {
        return unexpected(system_error(errno, "fchmod"));
    }
    const SocketAddress where = unix_socket_address(address);
    if (::bind(fd, where.get(), where.length) != 0) {
        return unexpected(system_error(errno, "bind"));
    }
    return {};
}

// Returns the socket with this name, if any.
std::optional<FileId> socket_file(int directory, const std::string& name) {
    struct stat info{};
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISSOCK(info.st_mode)) {
        return std::nullopt;
    }
    return FileId{info.st_dev, info.st_ino};
}

[[nodiscard]] Done open_up(int directory, const std::string& name, const Wanted& wanted) {
    const char* path = name.c_str();
    // Skips the call if nothing would change: a sandbox may forbid it.
    const Wanted as_it_is;
    const bool is_given_away = wanted.owner != as_it_is.owner || wanted.group != as_it_is.group;
    if (is_given_away &&
        ::fchownat(directory, path, wanted.owner, wanted.group, AT_SYMLINK_NOFOLLOW) != 0) {
        return unexpected(system_error(errno, "chown"));
    }
    if (::fchmodat(directory, path, wanted.mode, AT_SYMLINK_NOFOLLOW) != 0) {
        return unexpected(system_error(errno, "chmod"));
    }
    return {};
}

}  // namespace

bool leads_to(const std::string& path, FileId file) {
    return socket_file(AT_FDCWD, path) == file;
}

// The directory and the lock of the path; the path is free.
Result<UnixSocketGuard, SystemError> UnixSocketGuard::lock(
    const Address& address, const UnixLockPtr& held
) {
    auto directory = open_directory(address.path);
    if (!directory) {
        return unexpected(std::move(directory.error()));
    }
    // From here on the destructor cleans up; without a known file it leaves the path alone.
    UnixSocketGuard guard;
    guard.name_ = address.path.substr(address.path.rfind('/') + 1);
    if (held && held->is_at(directory->get(), lock_name(guard.name_))) {
        guard.lock_ = held;
        return guard;
    }
    auto lock = UnixLock::take(*std::move(directory), lock_name(guard.name_));
    if (!lock) {
        return unexpected(std::move(lock.error()));
    }
    guard.lock_ = *std::move(lock);
    return guard;
}

Result<UnixSocketGuard, SystemError> UnixSocketGuard::bind(
    int fd, const Address& address, const UnixFileOptions& options
) {
    const auto wanted = wanted_from(options);
    if (!wanted) {
        return unexpected(wanted.error());
    }
    auto guard = lock(address, options.lock);
    if (!guard) {
        return guard;
    }
    const int directory = guard->lock_->directory();
    const auto cleared = clear_the_way(directory, guard->name_, address, *wanted);
    if (!cleared) {
        return unexpected(cleared.error());
    }
    guard->took_over_ = *cleared;
    if (auto bound = bind_privately(fd, address, *wanted); !bound) {
        return unexpected(std::move(bound.error()));
    }
    const auto file = socket_file(directory, guard->name_);
    if (!file) {
        return unexpected(system_error(ENOENT, "the socket that was just bound"));
    }
    guard->socket_ = *file;
    if (auto opened = open_up(directory, guard->name_, *wanted); !opened) {
        return unexpected(std::move(opened.error()));
    }
    return guard;
}

Result<std::optional<UnixSocketGuard>, SystemError> UnixSocketGuard::resume(
    FileId file, const Address& address, const UnixFileOptions& options
) {
    const auto wanted = wanted_from(options);
    if (!wanted) {
        return unexpected(wanted.error());
    }
    auto guard = lock(address, options.lock);
    if (!guard) {
        return unexpected(std::move(guard.error()));
    }
    const int directory = guard->lock_->directory();
    if (socket_file(directory, guard->name_) != file) {
        return std::optional<UnixSocketGuard>();
    }
    guard->socket_ = file;
    guard->stays_ = true;
    if (auto opened = open_up(directory, guard->name_, *wanted); !opened) {
        return unexpected(std::move(opened.error()));
    }
    return std::optional(*std::move(guard));
}

UnixSocketGuard::UnixSocketGuard(UnixSocketGuard&& other) noexcept
    : lock_(std::move(other.lock_)),
      name_(std::move(other.name_)),
      socket_(other.socket_),
      took_over_(other.took_over_),
      stays_(other.stays_) {}

UnixSocketGuard& UnixSocketGuard::operator=(UnixSocketGuard&& other) noexcept {
    if (this != &other) {
        remove();
        lock_ = std::move(other.lock_);
        name_ = std::move(other.name_);
        socket_ = other.socket_;
        took_over_ = other.took_over_;
        stays_ = other.stays_;
    }
    return *this;
}

UnixSocketGuard::~UnixSocketGuard() {
    remove();
}

bool UnixSocketGuard::intact() const {
    return lock_ && socket_.number != 0 && socket_file(lock_->directory(), name_) == socket_;
}

void UnixSocketGuard::remove() noexcept {
    if (!stays_ && intact()) {
        ::unlinkat(lock_->directory(), name_.c_str(), 0);
    }
    lock_.reset();
}

}  // namespace telex::net
