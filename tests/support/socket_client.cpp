#include "support/socket_client.hpp"

#include "net/dial.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace telex::testing {

namespace {

// Never reached by a healthy daemon, however slow the machine.
constexpr std::chrono::seconds kDeadline{60};

net::Address parsed(std::string_view text) {
    const auto address = net::parse_address(text);
    if (!address) {
        throw std::runtime_error("not an address: " + std::string(text));
    }
    return *address;
}

[[noreturn]] void fail(const char* call) {
    throw std::runtime_error(std::string(call) + ": " + std::strerror(errno));
}

}  // namespace

SocketClient::SocketClient(std::string_view address) : SocketClient(parsed(address)) {}

SocketClient::SocketClient(const net::Address& address)
    : packets_(address.transport == net::Transport::unix_seqpacket) {
    auto connected = net::dial(address, kDeadline);
    if (!connected) {
        throw std::runtime_error(connected.error().what);
    }
    fd_ = std::move(*connected);
    const timeval patience{kDeadline.count(), 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

void SocketClient::send(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            fail("send");
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void SocketClient::finish() {
    ::shutdown(fd_.get(), SHUT_WR);
}

void SocketClient::vanish() {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_.reset();
}

std::string SocketClient::receive() {
    room_.resize(1U << 20U);  // once: under sanitizers this takes milliseconds
    const ssize_t got = ::recv(fd_.get(), room_.data(), room_.size(), 0);
    if (got < 0) {
        fail("recv");
    }
    return room_.substr(0, static_cast<std::size_t>(got));
}

}  // namespace telex::testing
