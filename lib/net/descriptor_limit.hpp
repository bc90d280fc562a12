#pragma once
// The soft limit of open files starts at 1,024 for the sake of select(2); telex uses epoll.
#include "base/result.hpp"
#include "net/socket_error.hpp"

#include <cstdint>

namespace telex::net {

// Raises the soft limit to the hard one; returns the limit now in force. For the start of the
// process, before threads.
[[nodiscard]] Result<std::uint64_t, SystemError> raise_descriptor_limit();

}  // namespace telex::net
