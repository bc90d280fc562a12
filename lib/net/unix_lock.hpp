#pragma once
// The lock file beside a unix socket: whoever holds it owns the path. The kernel lets go of it when
// the process dies, which a pid file cannot promise.
#include "base/result.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"

#include <string>

namespace telex::net {

// Opens (0600, never through a symbolic link) and locks `name` in the directory. EADDRINUSE names
// the process that holds it. The file's content is the holder's pid, for people.
[[nodiscard]] Result<UniqueFd, SystemError> take_lock(int directory, const std::string& name);
// Unlinks the file while the lock is still held, if it is still the same file.
void drop_lock(int directory, const std::string& name, UniqueFd& lock) noexcept;

}  // namespace telex::net
