#pragma once
// Users and groups of the system, by name or number.
#include "base/result.hpp"
#include "net/socket_error.hpp"

#include <sys/types.h>

#include <string>

namespace telex::net {

// A decimal number is returned unchanged. An unknown name is EINVAL. May query remote directories
// (NSS) and so block: for start and reload only.
[[nodiscard]] Result<uid_t, SystemError> user_id(const std::string& user);
[[nodiscard]] Result<gid_t, SystemError> group_id(const std::string& group);

}  // namespace telex::net
