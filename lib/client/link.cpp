#include "client/link.hpp"

#include <asio/buffer.hpp>
#include <asio/local/stream_protocol.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace telex::client {
namespace {

constexpr std::size_t kFirstCapacity = std::size_t{64} << 10;
constexpr std::size_t kReadAtLeast = std::size_t{16} << 10;

// Asio opens sockets without CLOEXEC; a program that starts others should not hand them our
// connection.
std::error_code open_socket(
    asio::generic::stream_protocol::socket& socket,
    const asio::generic::stream_protocol::endpoint& remote
) {
    const int family = remote.protocol().family();
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return {errno, std::system_category()};
    }
    if (family != AF_UNIX) {
        const int on = 1;  // frames are batched already
        (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    asio::error_code error;
    socket.assign(remote.protocol(), fd, error);
    return error;
}

}  // namespace

Link::Link(asio::io_context& io, Handler& handler)
    : handler_(handler), resolver_(io), socket_(io) {}

void Link::open(const net::Address& address) {
    if (address.transport == net::Transport::unix_stream) {
        const std::string path =
            address.abstract ? std::string(1, '\0') + address.path : address.path;
        remotes_.emplace_back(asio::local::stream_protocol::endpoint(path));
        connect_next();
        return;
    }
    asio::error_code not_numeric;
    const auto numeric = asio::ip::make_address(address.host, not_numeric);
    if (!not_numeric) {
        remotes_.emplace_back(asio::ip::tcp::endpoint(numeric, address.port));
        connect_next();
        return;
    }
    resolver_.async_resolve(
        address.host,
        std::to_string(address.port),
        [self = shared_from_this(
         )](const asio::error_code& error, const asio::ip::tcp::resolver::results_type& results) {
            if (self->closed_) {
                return;
            }
            if (error) {
                self->end(error.message());
                return;
            }
            for (const auto& result : results) {
                self->remotes_.insert(self->remotes_.begin(), Remote(result.endpoint()));
            }
            self->connect_next();
        }
    );
}

void Link::connect_next() {
    if (remotes_.empty()) {
        end(last_failure_);
        return;
    }
    const Remote remote = remotes_.back();
    remotes_.pop_back();
    asio::error_code ignored;
    socket_.close(ignored);
    if (const std::error_code error = open_socket(socket_, remote)) {
        last_failure_ = error.message();
        connect_next();
        return;
    }
    socket_.async_connect(remote, [self = shared_from_this()](const asio::error_code& error) {
        if (self->closed_) {
            return;
        }
        if (error) {
            self->last_failure_ = error.message();
            self->connect_next();
        } else {
            self->connected();
        }
    });
}

void Link::connected() {
    handler_.on_open();
    if (!closed_) {
        read();
    }
}

// At least kReadAtLeast bytes behind end_, unconsumed bytes kept. Growing by doubling keeps the
// cost of a large frame linear; its size was limited by the decoder before.
void Link::make_room() {
    if (begin_ == end_) {
        begin_ = end_ = 0;
    }
    if (capacity_ - end_ >= kReadAtLeast) {
        return;
    }
    const std::size_t kept = end_ - begin_;
    if (capacity_ - kept >= std::max(kReadAtLeast, capacity_ / 2)) {
        std::memmove(input_.get(), input_.get() + begin_, kept);
    } else {
        capacity_ = std::max(kFirstCapacity, capacity_ * 2);
        std::unique_ptr<char[]> larger(new char[capacity_]);
        if (kept != 0) {
            std::memcpy(larger.get(), input_.get() + begin_, kept);
        }
        input_ = std::move(larger);
    }
    begin_ = 0;
    end_ = kept;
}

void Link::read() {
    make_room();
    socket_.async_read_some(
        asio::buffer(input_.get() + end_, capacity_ - end_),
        [self = shared_from_this()](const asio::error_code& error, std::size_t bytes) {
            if (self->closed_) {
                return;
            }
            if (error) {
                self->end(
                    error == asio::error::eof ? "the server closed the connection" : error.message()
                );
                return;
            }
            self->consume(bytes);
        }
    );
}

void Link::consume(std::size_t bytes) {
    end_ += bytes;
    begin_ += handler_.on_bytes(ByteView(input_.get() + begin_, end_ - begin_));
    if (!closed_) {
        read();
    }
}

void Link::write(ByteView bytes) {
    socket_.async_write_some(
        asio::buffer(bytes.data(), bytes.size()),
        [self = shared_from_this()](const asio::error_code& error, std::size_t written) {
            if (self->closed_) {
                return;
            }
            // A failed write does not end the link: the peer's last words, why it closed, may wait
            // to be read, and the read that is always pending sees the end after them.
            if (!error) {
                self->handler_.on_wrote(written);
            }
        }
    );
}

void Link::shutdown_send() {
    asio::error_code ignored;  // the read that is pending tells what is to be told
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Link::close() {
    closed_ = true;
    resolver_.cancel();
    asio::error_code ignored;
    socket_.close(ignored);
}

void Link::end(std::string text) {
    handler_.on_end(Error{Errc::disconnected, std::move(text)});
}

}  // namespace telex::client
