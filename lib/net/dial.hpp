#pragma once
// Connects a blocking socket, for tools and tests; the client library connects asynchronously.
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"

#include <chrono>

namespace telex::net {

// Tries every address of the host within `timeout` in total (name look-up excluded). Returns the
// last address's error, or ETIMEDOUT. "*" connects to loopback.
[[nodiscard]] Result<UniqueFd, SystemError> dial(
    const Address& address, std::chrono::milliseconds timeout
);

}  // namespace telex::net
