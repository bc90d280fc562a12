#include "support/tls_client.hpp"

#include "net/dial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>

namespace telex::testing {

namespace {

constexpr int kLongMilliseconds = 60'000;

net::UniqueFd connected(const net::Address& address) {
    auto fd = net::dial(address, std::chrono::milliseconds(kLongMilliseconds));
    if (!fd) {
        throw std::runtime_error(fd.error().what);
    }
    const int flags = ::fcntl(fd->get(), F_GETFL);
    ::fcntl(fd->get(), F_SETFL, flags | O_NONBLOCK);
    return *std::move(fd);
}

}  // namespace

TlsClient::TlsClient(const net::Address& address, tls::ContextPtr context)
    : fd_(connected(address)), channel_(std::move(context), fd_.get(), tls::Channel::Side::client) {
    IoResult result = channel_.handshake();
    for (; result.must_wait(); result = channel_.handshake()) {
        wait(result.status);
    }
    if (result.status != IoStatus::done) {
        throw std::runtime_error(channel_.failure());
    }
}

void TlsClient::wait(IoStatus wanted) const {
    const short events = wanted == IoStatus::wait_write ? POLLOUT : POLLIN;
    pollfd poller{fd_.get(), events, 0};
    if (::poll(&poller, 1, kLongMilliseconds) == 0) {
        throw std::runtime_error("the server is silent");
    }
}

void TlsClient::send(ByteView bytes) {
    while (!bytes.empty()) {
        const IoResult result = channel_.write(bytes.data(), bytes.size());
        if (result.must_wait()) {
            wait(result.status);
        } else if (result.status == IoStatus::done) {
            bytes.remove_prefix(result.bytes);
        } else {
            throw std::runtime_error(channel_.failure());
        }
    }
}

void TlsClient::finish() {
    channel_.finish();
    ::shutdown(fd_.get(), SHUT_WR);
}

void TlsClient::vanish() {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_.reset();
}

std::string TlsClient::receive() {
    std::string buffer(1U << 20U, '\0');
    for (;;) {
        const IoResult result = channel_.read(buffer.data(), buffer.size());
        if (result.must_wait()) {
            wait(result.status);
            continue;
        }
        if (result.status == IoStatus::error) {
            throw std::runtime_error(channel_.failure());
        }
        buffer.resize(result.bytes);
        return buffer;
    }
}

}  // namespace telex::testing
