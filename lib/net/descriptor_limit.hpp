#pragma once
// The soft limit of open files defaults to 1,024 for select(2); telex uses epoll.
#include "base/result.hpp"
#include "net/socket_error.hpp"

#include <cstdint>

namespace telex::net {

// Raises the soft limit to the hard limit and returns the limit in force. Call it at process start,
// before threads exist.
[[nodiscard]] Result<std::uint64_t, SystemError> raise_descriptor_limit();

}  // namespace telex::net
