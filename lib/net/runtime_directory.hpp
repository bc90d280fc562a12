#pragma once
// Where the sockets of this user's exchange are by default, for the daemon and its clients alike:
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

// Variables that are empty or hold a relative path count as unset. Without a slash at its end.
std::string runtime_directory(const VariableLookup& variable, uid_t uid);
// The same for this process. Reads the environment: not while another thread changes it.
std::string default_runtime_directory();

// Creates the last folder of `path` with mode 0700 when it is missing. Refuses what is no folder
// (a symbolic link also when it leads to one), belongs to another user, or is writable by
// others: whoever may write there could put his own socket in place of ours.
[[nodiscard]] Result<void, SystemError> prepare_runtime_directory(const std::string& path);

}  // namespace telex::net
