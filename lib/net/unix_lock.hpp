#pragma once
// The lock file beside a unix socket: whoever holds it owns the path. The kernel lets go of it when
// the process dies, which a pid file cannot promise.
#include "base/result.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"

#include <memory>
#include <string>

namespace telex::net {

// Held as long as it lives; then the file is unlinked, while the lock is still held, if it is still
// the same file. Shared by the sockets that one process binds to the path one after the other.
//
// Thread: any; it does not change.
class UnixLock {
public:
    // Opens (0600, never through a symbolic link) and locks `name` in the directory, which stays
    // open. EADDRINUSE names the process that holds it. The file's content is the holder's pid, for
    // people.
    [[nodiscard]] static Result<std::shared_ptr<const UnixLock>, SystemError> take(
        UniqueFd directory, std::string name
    );

    UnixLock(UniqueFd directory, std::string name, UniqueFd file);
    UnixLock(const UnixLock&) = delete;
    UnixLock& operator=(const UnixLock&) = delete;
    ~UnixLock();

    // Where the socket lives, even if it was moved.
    int directory() const { return directory_.get(); }

    // `name` in the directory is the file of this lock.
    bool is_at(int directory, const std::string& name) const;

private:
    UniqueFd directory_;
    std::string name_;
    UniqueFd file_;
};

using UnixLockPtr = std::shared_ptr<const UnixLock>;

}  // namespace telex::net
