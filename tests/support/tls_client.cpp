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

bool wants_more(tls::Step::Kind kind) {
    return kind == tls::Step::Kind::wants_read || kind == tls::Step::Kind::wants_write;
}

}  // namespace

TlsClient::TlsClient(const net::Address& address, tls::ContextPtr context)
    : fd_(connected(address)), channel_(std::move(context), fd_.get(), tls::Channel::Side::client) {
    tls::Step step = channel_.handshake();
    for (; wants_more(step.kind); step = channel_.handshake()) {
        wait(step.kind);
    }
    if (step.kind != tls::Step::Kind::done) {
        throw std::runtime_error(channel_.failure());
    }
}

void TlsClient::wait(tls::Step::Kind wanted) const {
    const short events = wanted == tls::Step::Kind::wants_write ? POLLOUT : POLLIN;
    pollfd poller{fd_.get(), events, 0};
    if (::poll(&poller, 1, kLongMilliseconds) == 0) {
        throw std::runtime_error("the server is silent");
    }
}

void TlsClient::send(ByteView bytes) {
    while (!bytes.empty()) {
        const tls::Step step = channel_.write(bytes.data(), bytes.size());
        if (wants_more(step.kind)) {
            wait(step.kind);
        } else if (step.kind == tls::Step::Kind::done) {
            bytes.remove_prefix(step.bytes);
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
        const tls::Step step = channel_.read(buffer.data(), buffer.size());
        if (wants_more(step.kind)) {
            wait(step.kind);
            continue;
        }
        if (step.kind == tls::Step::Kind::error) {
            throw std::runtime_error(channel_.failure());
        }
        buffer.resize(step.bytes);
        return buffer;
    }
}

}  // namespace telex::testing
