#include "net/dial.hpp"

#include "base/time.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <vector>

namespace telex::net {

namespace {

// SO_SNDTIMEO bounds a blocking connect in every family, including the wait for a full unix
// backlog.
bool set_connect_timeout(int fd, std::chrono::microseconds timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    timeval value{};
    value.tv_sec = static_cast<time_t>(seconds.count());
    value.tv_usec = static_cast<suseconds_t>((timeout - seconds).count());
    return ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value) == 0;
}

// Returns 0 or an errno.
int connect_until(int fd, const SocketAddress& where, TimePoint deadline) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            return ETIMEDOUT;
        }
        if (!set_connect_timeout(fd, left)) {
            return errno;
        }
        if (::connect(fd, where.get(), where.length) == 0 || errno == EISCONN) {
            return set_connect_timeout(fd, std::chrono::microseconds(0)) ? 0 : errno;
        }
        if (errno == EINPROGRESS || errno == EAGAIN) {
            return ETIMEDOUT;
        }
        // Linux continues the same attempt when connect is called again.
        if (errno != EINTR && errno != EALREADY) {
            return errno;
        }
    }
}

[[nodiscard]] Result<std::vector<SocketAddress>, SystemError> places_of(const Address& address) {
    if (is_unix(address.transport)) {
        return std::vector{unix_socket_address(address)};
    }
    if (address.transport == Transport::systemd) {
        return unexpected(system_error(EINVAL, "connect", "systemd: addresses are for listeners"));
    }
    return resolve(address, Purpose::connect);
}

}  // namespace

Result<UniqueFd, SystemError> dial(const Address& address, std::chrono::milliseconds timeout) {
    const std::string doing = fmt::format("connect {}", to_string(address));
    const auto places = places_of(address);
    if (!places) {
        return unexpected(places.error());
    }
    const TimePoint deadline = Clock::now() + timeout;
    int code = EADDRNOTAVAIL;
    for (const SocketAddress& place : *places) {
        UniqueFd fd(::socket(place.family(), socket_type(address.transport) | SOCK_CLOEXEC, 0));
        if (!fd) {
            code = errno;
            continue;
        }
        code = connect_until(fd.get(), place, deadline);
        if (code == 0) {
            return fd;
        }
    }
    return unexpected(system_error(code, doing));
}

}  // namespace telex::net
