#pragma once
// A unix socket in the file system: bound without replacing a live owner, never accessible to more
// users than configured, removed only while it is still ours.
//
//   lock PATH.lock (flock)  held elsewhere -> EADDRINUSE, naming the holder
//   inspect PATH            missing -> continue; a socket that refuses -> stale, unlinked;
//                           else (live, symbolic link, file, directory) -> EADDRINUSE
//   bind                    created with no more than the owner's bits of the mode
//   owner, group, mode      in this order: access only widens, up to the configured mode
//   ... life ...
//   destruction             PATH is unlinked unless it is to stay, PATH.lock with the last socket
//                           of the path, if still the same inodes
//
// If the path is deleted, another socket can be bound to it while the first one lives.
//
// A path may outlive the process if another process keeps its socket open (stay); the next run
// takes it over (resume).
//
// A stream socket cannot be connected to before listen, which the caller does last. The directory
// must exist and must not be writable by everyone unless it is sticky.
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"
#include "net/unix_lock.hpp"

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

namespace telex::net {

struct UnixFileOptions {
    std::optional<mode_t> mode;        // defaults to 0600: the daemon's user only
    std::optional<std::string> owner;  // user name or number; defaults to the daemon's
    std::optional<std::string> group;  // group name or number; defaults to the daemon's
    UnixLockPtr lock;                  // of the path, if this process already has it
};

// Identifies a file independently of its name.
struct FileId {
    dev_t device = 0;
    ino_t number = 0;

    bool operator==(const FileId&) const = default;
};

// Returns whether `path` leads to that socket. Any thread.
bool leads_to(const std::string& path, FileId file);

class UnixSocketGuard {
public:
    // Binds `fd` to the path. Errors: EADDRINUSE (in use, or not a socket), EACCES (directory
    // unsafe), EINVAL (unknown owner or group), else the kernel's.
    [[nodiscard]] static Result<UnixSocketGuard, SystemError> bind(
        int fd, const Address& address, const UnixFileOptions& options
    );

    // For a socket bound to the path in an earlier run, when the path was `file`. Returns nullopt
    // if the path no longer leads to it: clients cannot reach it. The path will stay. Errors as for
    // bind.
    [[nodiscard]] static Result<std::optional<UnixSocketGuard>, SystemError> resume(
        FileId file, const Address& address, const UnixFileOptions& options
    );

    UnixSocketGuard(UnixSocketGuard&& other) noexcept;
    UnixSocketGuard& operator=(UnixSocketGuard&& other) noexcept;
    UnixSocketGuard(const UnixSocketGuard&) = delete;
    UnixSocketGuard& operator=(const UnixSocketGuard&) = delete;
    ~UnixSocketGuard();

    // Returns false once the file was deleted or replaced: clients cannot reach the socket.
    bool intact() const;

    // Returns true if a stale socket of an earlier run was removed: worth a log line.
    bool took_over() const { return took_over_; }

    FileId file() const { return socket_; }

    const UnixLockPtr& path_lock() const { return lock_; }

    // Sets whether destruction keeps the path.
    void stay(bool stays) { stays_ = stays; }

private:
    UnixSocketGuard() = default;
    [[nodiscard]] static Result<UnixSocketGuard, SystemError> lock(
        const Address& address, const UnixLockPtr& held
    );
    void remove() noexcept;

    // Has the directory: removal affects the same folder even if it was moved. Null if moved from.
    UnixLockPtr lock_;
    std::string name_;
    FileId socket_;
    bool took_over_ = false;
    bool stays_ = false;
};

}  // namespace telex::net
