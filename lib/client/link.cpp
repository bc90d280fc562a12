#include "client/link.hpp"

#include <asio/buffer.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace telex::client {
namespace {

constexpr std::size_t kFirstCapacity = std::size_t{64} << 10;
constexpr std::size_t kReadAtLeast = std::size_t{16} << 10;
// A server may be silent at one of several addresses for this fraction of the attempt's time.
constexpr int kPartsOfAttempt = 3;

}  // namespace

Link::Link(asio::io_context& io, Handler& handler, Options options)
    : io_(io),
      handler_(handler),
      options_(std::move(options)),
      resolver_(io),
      silence_(io),
      socket_(io) {}

void Link::open(const net::Address& address) {
    if (address.transport == net::Transport::unix_stream) {
        const std::string path =
            address.abstract ? std::string(1, '\0') + address.path : address.path;
        open({Remote(asio::local::stream_protocol::endpoint(path))});
        return;
    }
    asio::error_code not_numeric;
    const auto numeric = asio::ip::make_address(address.host, not_numeric);
    if (not_numeric) {
        resolve(address);
    } else {
        open({Remote(asio::ip::tcp::endpoint(numeric, address.port))});
    }
}

void Link::resolve(const net::Address& address) {
    resolver_.async_resolve(
        address.host,
        std::to_string(address.port),
        [self = shared_from_this(
         )](const asio::error_code& error, const asio::ip::tcp::resolver::results_type& results) {
            if (self->closed_) {
                return;
            }
            if (error || results.empty()) {
                self->end(error ? error.message() : "the name has no address");
                return;
            }
            std::vector<Remote> remotes;
            for (const auto& result : results) {
                remotes.emplace_back(result.endpoint());
            }
            self->open(alternate_families(std::move(remotes)));
        }
    );
}

void Link::open(std::vector<Remote> remotes) {
    const auto delay = race_delay(options_.time, remotes.size());
    race_ = std::make_shared<AddressRace>(
        io_,
        std::move(remotes),
        delay,
        [self = shared_from_this()](Expected<AddressRace::Winner> winner) {
            if (winner) {
                self->connected(*std::move(winner));
            } else {
                self->handler_.on_end(winner.error());
            }
        }
    );
    const auto race = race_;  // it may end inside start()
    race->start();
}

void Link::connected(AddressRace::Winner winner) {
    race_.reset();
    socket_ = std::move(winner.socket);
    others_ = std::move(winner.others);
    if (options_.owner) {
        if (const auto distrust = check_listener(socket_.native_handle(), *options_.owner)) {
            handler_.on_end(*distrust);
            return;
        }
    }
    limit_silence();
    if (!options_.security) {
        opened();
        return;
    }
    channel_.emplace(
        options_.security->context, socket_.native_handle(), tls::Channel::Side::client
    );
    channel_->expect_server(options_.security->server_name);
    secure();
}

void Link::limit_silence() {
    if (others_.empty()) {
        return;
    }
    silence_.expires_after(options_.time / kPartsOfAttempt);
    silence_.async_wait([self = shared_from_this()](const asio::error_code& error) {
        if (!error && !self->heard_ && !self->closed_) {
            self->end("no reply");
        }
    });
}

void Link::secure() {
    const IoResult result = channel_->handshake();
    if (result.must_wait()) {
        when_ready(result.status, [this] { secure(); });
        return;
    }
    if (result.status != IoStatus::done) {
        end(channel_->peer_uses_other_protocol() ? "the server does not use TLS on this port"
                                                 : "TLS: " + channel_->failure());
        return;
    }
    const std::string& pin = options_.security->key_pin;
    if (!pin.empty() && channel_->peer_certificate().key_pin != pin) {
        end("TLS: the server's key differs from the pinned key");
        return;
    }
    opened();
}

void Link::opened() {
    handler_.on_open();
    if (!closed_) {
        read();
    }
}

template <class Work>
void Link::when_ready(IoStatus wanted, Work work) {
    const auto readiness = wanted == IoStatus::wait_write ? Socket::wait_write : Socket::wait_read;
    socket_.async_wait(
        readiness,
        [self = shared_from_this(), work = std::move(work)](const asio::error_code& /*error*/) {
            // The next step reports the error, with a better text.
            if (!self->closed_) {
                work();
            }
        }
    );
}

// Provides at least kReadAtLeast bytes after end_ and keeps unconsumed bytes. Doubling keeps the
// cost of a large frame linear; the decoder has already limited its size.
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
    if (channel_) {
        read_secured();
    } else {
        read_plain();
    }
}

void Link::read_plain() {
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
            if (!self->closed_) {
                self->read_plain();
            }
        }
    );
}

// Reads what has arrived, then returns to the event loop, for writes and timers.
void Link::read_secured() {
    make_room();
    const IoResult result = channel_->read(input_.get() + end_, capacity_ - end_);
    switch (result.status) {
        case IoStatus::done:
            consume(result.bytes);
            if (!closed_) {
                asio::post(socket_.get_executor(), [self = shared_from_this()] {
                    if (!self->closed_) {
                        self->read_secured();
                    }
                });
            }
            return;
        case IoStatus::wait_read:
        case IoStatus::wait_write:
            when_ready(result.status, [this] { read_secured(); });
            return;
        case IoStatus::end:
            end("the server closed the connection");
            return;
        case IoStatus::cut:
        case IoStatus::error:
            end("TLS: " + channel_->failure());
            return;
    }
}

void Link::consume(std::size_t bytes) {
    heard_ = true;
    end_ += bytes;
    begin_ += handler_.on_bytes(ByteView(input_.get() + begin_, end_ - begin_));
}

void Link::write_secured(ByteView bytes) {
    const IoResult result = channel_->write(bytes.data(), bytes.size());
    if (result.must_wait()) {
        when_ready(result.status, [this, bytes] { write_secured(bytes); });
    } else if (result.status == IoStatus::done) {
        // Posted: calling it inside write() would recurse.
        asio::post(socket_.get_executor(), [self = shared_from_this(), written = result.bytes] {
            if (!self->closed_) {
                self->handler_.on_wrote(written);
            }
        });
    }
}

void Link::write(ByteView bytes) {
    if (channel_) {
        write_secured(bytes);
        return;
    }
    socket_.async_write_some(
        asio::buffer(bytes.data(), bytes.size()),
        [self = shared_from_this()](const asio::error_code& error, std::size_t written) {
            if (self->closed_) {
                return;
            }
            // A failed write does not end the link: the peer's last frame, with the reason, may be
            // unread, and the pending read reports the end after it.
            if (!error) {
                self->handler_.on_wrote(written);
            }
        }
    );
}

void Link::shutdown_send() {
    if (channel_) {
        channel_->finish();
    }
    asio::error_code ignored;  // the pending read reports the outcome
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Link::close() {
    closed_ = true;
    resolver_.cancel();
    silence_.cancel();
    if (race_) {
        race_->stop();
        race_.reset();
    }
    asio::error_code ignored;
    socket_.close(ignored);
}

void Link::end(std::string text) {
    handler_.on_end(Error{Errc::disconnected, std::move(text)});
}

}  // namespace telex::client
