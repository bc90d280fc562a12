#pragma once
// The lock file beside a unix socket: its holder owns the path. The kernel releases it when the
// process dies, unlike a pid file.
#include "base/result.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"

#include <memory>
#include <string>

namespace telex::net {

// Held for the lifetime of the object; then the file is unlinked, while still locked, if it is
// still the same file. Shared by the sockets that one process binds to the path in turn.
//
// Any thread; immutable.
class UnixLock {
public:
    // Opens (0600, never through a symbolic link) and locks `name` in the directory, which stays
    // open. EADDRINUSE names the holder. The file contains the holder's pid, for information.
    [[nodiscard]] static Result<std::shared_ptr<const UnixLock>, SystemError> take(
        UniqueFd directory, std::string name
    );

    UnixLock(UniqueFd directory, std::string name, UniqueFd file);
    UnixLock(const UnixLock&) = delete;
    UnixLock& operator=(const UnixLock&) = delete;
    ~UnixLock();

    // The directory of the socket, even if it was moved.
    int directory() const { return directory_.get(); }

    // Returns whether `name` in the directory is the file of this lock.
    bool is_at(int directory, const std::string& name) const;

private:
    UniqueFd directory_;
    std::string name_;
    UniqueFd file_;
};

using UnixLockPtr = std::shared_ptr<const UnixLock>;

}  // namespace telex::net
