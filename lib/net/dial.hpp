#pragma once
// A connected, blocking socket for tools and tests; the client library connects asynchronously.
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"

#include <chrono>

namespace telex::net {

// Tries every address behind the host within `timeout` altogether (names are looked up before the
// clock starts). The error is the last address's; ETIMEDOUT when the time is over. "*" connects to
// loopback.
[[nodiscard]] Result<UniqueFd, SystemError> dial(
    const Address& address, std::chrono::milliseconds timeout
);

}  // namespace telex::net
