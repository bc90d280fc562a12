#pragma once
// One attempt at one server and the connection that results: an Asio stream socket, TCP or unix,
// optionally with TLS. Moves bytes; has no notion of frames.
//
// I/O thread only. open() ends in on_open or on_end; after on_open, on_bytes is called until
// on_end. One write may run at any time. No handler is called after close().
//
// A name may have several addresses. The unused ones (take_others) can be passed to another link if
// this connection turns out to be unusable. As long as there are others, a server that accepts and
// then stays silent is abandoned early.
#include "base/bytes.hpp"
#include "client/address_race.hpp"
#include "client/server_trust.hpp"
#include "net/address.hpp"
#include "tls/channel.hpp"
#include "tls/peer_certificate.hpp"
#include <telex/error.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace telex::client {

class Link : public std::enable_shared_from_this<Link> {
public:
    class Handler {
    public:
        virtual ~Handler() = default;
        virtual void on_open() = 0;
        // `input` is all bytes not yet consumed; returns the number consumed now. May call close().
        virtual std::size_t on_bytes(ByteView input) = 0;
        virtual void on_wrote(std::size_t bytes) = 0;
        // The peer closed the connection, or the socket failed.
        virtual void on_end(const Error& reason) = 0;
    };

    // The identity that the server must prove before any byte is sent to it.
    struct Security {
        tls::ContextPtr context;
        std::string server_name;
        std::string key_pin;  // empty: any key that the context accepts
    };

    struct Options {
        std::optional<Security> security;
        // The permitted owner of a unix socket besides this user and root; nullopt: any.
        std::optional<SocketOwner> owner;
        // Limit for the attempt, over all addresses.
        std::chrono::milliseconds time{0};
    };

    Link(asio::io_context& io, Handler& handler, Options options);

    void open(const net::Address& address);
    // Opens one of the addresses that another link did not use.
    void open(std::vector<Remote> remotes);
    // `bytes` must stay valid until on_wrote, which reports the number of bytes written.
    void write(ByteView bytes);

    // After on_open, with TLS: the channel binding (tls::Channel::binding); else empty.
    std::string channel_binding() const { return channel_ ? channel_->binding() : std::string(); }

    // Returns the addresses not tried, or cancelled in favour of the first that connected.
    std::vector<Remote> take_others() { return std::move(others_); }

    // Shuts down the sending side; bytes from the peer are still read.
    void shutdown_send();
    void close();

private:
    void resolve(const net::Address& address);
    void connected(AddressRace::Winner winner);
    void limit_silence();
    void secure();
    void opened();
    void read();
    void read_plain();
    void read_secured();
    void write_secured(ByteView bytes);
    // Calls `work` when the socket is ready for the step, unless the link was closed.
    template <class Work>
    void when_ready(IoStatus wanted, Work work);
    void consume(std::size_t bytes);
    void make_room();
    void end(std::string text);

    asio::io_context& io_;
    Handler& handler_;
    const Options options_;
    asio::ip::tcp::resolver resolver_;
    std::shared_ptr<AddressRace> race_;  // while connecting
    std::vector<Remote> others_;
    asio::steady_timer silence_;  // runs as long as there are others and no byte has arrived
    bool heard_ = false;
    Socket socket_;
    std::optional<tls::Channel> channel_;  // refers to the socket
    std::unique_ptr<char[]> input_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // start of the unconsumed bytes in input_
    std::size_t end_ = 0;
    bool closed_ = false;
};

}  // namespace telex::client
