#include "server/stream/socket_stream.hpp"

#include "net/socket_options.hpp"
#include "net/stream_io.hpp"

#include <sys/socket.h>

#include <limits>

namespace telex::server {

namespace {

int option(int fd, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : 0;
}

class SocketStream : public ByteStream {
public:
    explicit SocketStream(net::UniqueFd fd, Forwarding forwarding = Forwarding::none)
        : fd_(std::move(fd)), forwarding_(forwarding) {}

    Forwarding forwarding() const override { return forwarding_; }

    int descriptor() const override { return fd_.get(); }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    bool keeps_packets() const override { return false; }

    IoResult read(char* buffer, std::size_t size) override {
        return net::recv_some(fd_.get(), {buffer, size});
    }

    IoResult peek() override { return net::peek(fd_.get()); }

    IoResult write(const iovec* vectors, std::size_t count) override {
        return net::send_some(fd_.get(), vectors, count);
    }

    std::size_t untaken() const override { return net::untaken_bytes(fd_.get()); }

    void finish_writing() override { ::shutdown(fd_.get(), SHUT_WR); }

protected:
    net::UniqueFd fd_;

private:
    Forwarding forwarding_;
};

class PacketStream final : public SocketStream {
public:
    using SocketStream::SocketStream;

    // The kernel rejects a packet that does not fit into the send buffer with its own 32 bytes.
    std::size_t max_packet() const override {
        const int buffer = option(fd_.get(), SO_SNDBUF);
        return buffer > 32 ? static_cast<std::size_t>(buffer) - 32 : 0;
    }

    bool keeps_packets() const override { return true; }

    IoResult read(char* buffer, std::size_t size) override {
        return net::recv_packet(fd_.get(), {buffer, size});
    }

    IoResult write(const iovec* vectors, std::size_t count) override {
        return net::send_packet(fd_.get(), vectors, count);
    }
};

}  // namespace

std::unique_ptr<ByteStream> make_socket_stream(net::UniqueFd fd, Forwarding forwarding) {
    if (option(fd.get(), SO_TYPE) == SOCK_SEQPACKET) {
        return std::make_unique<PacketStream>(std::move(fd));
    }
    if (option(fd.get(), SO_DOMAIN) != AF_UNIX) {
        // A socket without these options still carries messages.
        (void)net::set_nodelay(fd.get());
        (void)net::set_keepalive(fd.get(), {});
    }
    return std::make_unique<SocketStream>(std::move(fd), forwarding);
}

}  // namespace telex::server
