#include "net/socket_options.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace telex::net {

namespace {

int seconds_of(std::chrono::seconds value) {
    return static_cast<int>(std::clamp<std::chrono::seconds::rep>(value.count(), 1, 32'767));
}

}  // namespace

Result<UniqueFd, SystemError> open_socket(int domain, int type) {
    UniqueFd fd(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
        return unexpected(system_error(errno, "socket"));
    }
    return fd;
}

Result<void, SystemError> set_option(int fd, int level, int option, int value, const char* name) {
    if (::setsockopt(fd, level, option, &value, sizeof value) != 0) {
        return unexpected(system_error(errno, fmt::format("setsockopt {}={}", name, value)));
    }
    return {};
}

Result<void, SystemError> set_nodelay(int fd) {
    return set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
}

Result<void, SystemError> set_keepalive(int fd, const KeepAlive& keepalive) {
    const int idle = seconds_of(keepalive.idle);
    const int interval = seconds_of(keepalive.interval);
    return set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle, "TCP_KEEPIDLE")
        .and_then([&] {
            return set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval, "TCP_KEEPINTVL");
        })
        .and_then([&] {
            return set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, keepalive.count, "TCP_KEEPCNT");
        })
        .and_then([&] { return set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE"); });
}

Result<void, SystemError> set_user_timeout(int fd, std::chrono::milliseconds timeout) {
    // The kernel takes 0 for its default of many minutes: never pass it.
    const auto bounded = std::clamp<std::chrono::milliseconds::rep>(
        timeout.count(), 1, std::numeric_limits<int>::max()
    );
    return set_option(
        fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(bounded), "TCP_USER_TIMEOUT"
    );
}

Result<void, SystemError> set_receive_buffer(int fd, int bytes) {
    return set_option(fd, SOL_SOCKET, SO_RCVBUF, bytes, "SO_RCVBUF");
}

Result<void, SystemError> set_send_buffer(int fd, int bytes) {
    return set_option(fd, SOL_SOCKET, SO_SNDBUF, bytes, "SO_SNDBUF");
}

std::size_t untaken_bytes(int fd) {
    int bytes = 0;
    return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

Result<void, SystemError> set_nonblocking_cloexec(int fd) {
    const int status = ::fcntl(fd, F_GETFL);
    const int flags = ::fcntl(fd, F_GETFD);
    if (status < 0 || flags < 0 || ::fcntl(fd, F_SETFL, status | O_NONBLOCK) != 0 ||
        ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC) != 0) {
        return unexpected(system_error(errno, fmt::format("fcntl descriptor {}", fd)));
    }
    return {};
}

}  // namespace telex::net
