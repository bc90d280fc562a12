#include "socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace telex::bench {

namespace {

constexpr std::string_view kUnix = "unix:";

int connect_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        fail("path too long: " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = open_socket(AF_UNIX, SOCK_STREAM);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("cannot connect to " + path);
    }
    return fd;
}

int connect_inet(const std::string& target, int type) {
    const std::size_t colon = target.rfind(':');
    if (colon == std::string::npos) {
        fail("invalid target, expected HOST:PORT or unix:PATH: " + target);
    }
    const std::string host = target.substr(0, colon);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(target.c_str() + colon + 1)));
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
        fail("not an IPv4 address: " + host);
    }
    const int fd = open_socket(AF_INET, type);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("cannot connect to " + target);
    }
    return fd;
}

int connect_tcp(const std::string& target) {
    const int fd = connect_inet(target, SOCK_STREAM);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

}  // namespace

void fail(const std::string& what) {
    const std::string why = std::generic_category().message(errno);
    std::fprintf(stderr, "exchange_load: %s: %s\n", what.c_str(), why.c_str());
    std::_Exit(1);
}

int open_socket(int family, int type) {
    const int fd = ::socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        fail("socket");
    }
    return fd;
}

void bind_to_loopback(int fd, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("cannot bind to port " + std::to_string(port));
    }
}

Socket::Socket(const std::string& target) {
    if (target.starts_with(kUnix)) {
        fd_ = connect_unix(target.substr(kUnix.size()));
        return;
    }
    fd_ = connect_tcp(target);
}

int connect_datagrams(const std::string& target) {
    return connect_inet(target, SOCK_DGRAM);
}

Socket::~Socket() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

void Socket::send_all(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            fail("send");
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::size_t Socket::receive(char* buffer, std::size_t size) const {
    const ssize_t received = ::recv(fd_, buffer, size, 0);
    if (received <= 0) {
        fail("the server closed the connection");
    }
    return static_cast<std::size_t>(received);
}

void Socket::discard_arrived() const {
    std::array<char, 65'536> buffer;
    while (::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
    }
}

}  // namespace telex::bench
