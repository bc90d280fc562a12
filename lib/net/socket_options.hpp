#pragma once
// Socket options, one call each, with units.
#include "base/result.hpp"
#include "net/fd.hpp"
#include "net/socket_error.hpp"

#include <chrono>
#include <cstddef>

namespace telex::net {

// A silent TCP peer is considered gone after idle + interval * count.
struct KeepAlive {
    std::chrono::seconds idle{60};
    std::chrono::seconds interval{10};
    int count = 6;
};

[[nodiscard]] Result<UniqueFd, SystemError> open_socket(
    int domain, int type
);  // NONBLOCK and CLOEXEC

[[nodiscard]] Result<void, SystemError> set_option(
    int fd, int level, int option, int value, const char* name
);
// Sends small writes at once; telex batches them itself.
[[nodiscard]] Result<void, SystemError> set_nodelay(int fd);
[[nodiscard]] Result<void, SystemError> set_keepalive(int fd, const KeepAlive& keepalive);
// TCP_USER_TIMEOUT: how long sent bytes may stay unacknowledged before the connection fails.
[[nodiscard]] Result<void, SystemError> set_user_timeout(int fd, std::chrono::milliseconds timeout);
// Bytes; the kernel doubles the value for its overhead and caps it at net.core.{r,w}mem_max.
[[nodiscard]] Result<void, SystemError> set_receive_buffer(int fd, int bytes);
[[nodiscard]] Result<void, SystemError> set_send_buffer(int fd, int bytes);
// Bytes written to a stream that the peer's system has not taken (TCP: acknowledged) yet; 0 if the
// kernel does not report them.
std::size_t untaken_bytes(int fd);
[[nodiscard]] Result<void, SystemError> set_nonblocking_cloexec(int fd);

}  // namespace telex::net
