#pragma once
// Default directory of the exchange's sockets for this user, for daemon and clients:
//
//   $RUNTIME_DIRECTORY        made by systemd for the unit (of several the first)
//   $XDG_RUNTIME_DIR/telex    of a login session
//   /tmp/telex-UID            elsewhere
#include "base/result.hpp"
#include "net/socket_error.hpp"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace telex::net {

using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

// Empty variables and relative paths count as unset. The result has no trailing slash.
std::string runtime_directory(const VariableLookup& variable, uid_t uid);
// For this process. Reads the environment: do not call it while another thread changes it.
std::string default_runtime_directory();

// Creates the last folder of `path` with mode 0700 if it is missing. Rejects a path that is not a
// folder (symbolic links included), belongs to another user or is writable by others: another user
// could replace the socket.
[[nodiscard]] Result<void, SystemError> prepare_runtime_directory(const std::string& path);

}  // namespace telex::net
