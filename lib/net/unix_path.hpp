#pragma once
// A unix socket in the file system: taken without hitting a live owner, never reachable by more
// people than asked, removed only while it is still ours.
//
//   lock PATH.lock (flock)  held elsewhere -> EADDRINUSE, naming the holder
//   look at PATH            nothing -> go on; a socket that refuses -> stale, unlinked;
//                           anything else (live, symbolic link, file, directory) -> EADDRINUSE
//   bind                    made with no more than the owner's bits of the wanted mode
//   owner, group, mode      in this order: access only ever widens, up to what was asked
//   ... life ...
//   destruction             PATH unlinked unless it is to stay, and PATH.lock with the last socket
//   of
//                           the path, if still the same inodes
//
// When somebody deletes the path, another socket can be bound to it while the first one lives.
//
// A path may outlive the process when somebody else keeps its socket open (stay); the next run goes
// on with it (resume).
//
// A stream socket cannot be connected before listen, which the caller does last. The directory must
// exist and must not be writable by everybody unless it is sticky.
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
    std::optional<mode_t> mode;        // else 0600: only the daemon's own user
    std::optional<std::string> owner;  // user name or number, else the daemon's
    std::optional<std::string> group;  // group name or number, else the daemon's
    UnixLockPtr lock;                  // of the path, where this process has it already
};

// A file by what does not change when it is renamed or replaced.
struct FileId {
    dev_t device = 0;
    ino_t number = 0;

    bool operator==(const FileId&) const = default;
};

// `path` leads to that socket. Thread: any.
bool leads_to(const std::string& path, FileId file);

class UnixSocketGuard {
public:
    // Binds `fd` to the path. Errors: EADDRINUSE (somebody lives there, or it is not a socket),
    // EACCES (directory unsafe), EINVAL (unknown owner or group), else what the kernel said.
    [[nodiscard]] static Result<UnixSocketGuard, SystemError> bind(
        int fd, const Address& address, const UnixFileOptions& options
    );

    // For a socket that was bound to the path in an earlier run, and was `file` there. Nothing when
    // the path does not lead to it any more: nobody can reach that socket. It will stay. Errors: as
    // of bind.
    [[nodiscard]] static Result<std::optional<UnixSocketGuard>, SystemError> resume(
        FileId file, const Address& address, const UnixFileOptions& options
    );

    UnixSocketGuard(UnixSocketGuard&& other) noexcept;
    UnixSocketGuard& operator=(UnixSocketGuard&& other) noexcept;
    UnixSocketGuard(const UnixSocketGuard&) = delete;
    UnixSocketGuard& operator=(const UnixSocketGuard&) = delete;
    ~UnixSocketGuard();

    // False once the file was deleted or replaced: nobody can reach the socket any more.
    bool intact() const;

    // A stale socket of an earlier run was removed: worth a log line.
    bool took_over() const { return took_over_; }

    FileId file() const { return socket_; }

    const UnixLockPtr& path_lock() const { return lock_; }

    // Whether destruction leaves the path as it is.
    void stay(bool stays) { stays_ = stays; }

private:
    UnixSocketGuard() = default;
    [[nodiscard]] static Result<UnixSocketGuard, SystemError> lock(
        const Address& address, const UnixLockPtr& held
    );
    void remove() noexcept;

    // Has the directory: removal hits the same place even if that was moved. Null: moved from.
    UnixLockPtr lock_;
    std::string name_;
    FileId socket_;
    bool took_over_ = false;
    bool stays_ = false;
};

}  // namespace telex::net
