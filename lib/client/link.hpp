#pragma once
// One attempt at one server and, when it succeeds, the connection: an Asio stream socket, TCP or
// unix, with TLS where that is asked for. Moves bytes; knows nothing of frames.
//
// Everything happens on the I/O thread. open() ends in on_open or on_end; after on_open, bytes come
// by on_bytes until on_end. One write at a time. After close() no handler is called any more.
//
// A name may have several addresses. Those that were not needed for the connection are left over
// (take_others): another link can go on with them when this one turns out to be of no use. While
// there are others, a server that connects and then stays silent is given up early.
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
        // All bytes not consumed yet; returns how many are now. May call close().
        virtual std::size_t on_bytes(ByteView input) = 0;
        virtual void on_wrote(std::size_t bytes) = 0;
        // The peer closed, or the socket failed.
        virtual void on_end(const Error& reason) = 0;
    };

    // What the server must prove before a byte goes to it.
    struct Security {
        tls::ContextPtr context;
        std::string server_name;
        std::string key_pin;  // empty: any key that the context takes
    };

    struct Options {
        std::optional<Security> security;
        // Who may listen on a unix socket besides this user and root; not set: anybody.
        std::optional<SocketOwner> owner;
        // What the attempt may take, over all addresses.
        std::chrono::milliseconds time{0};
    };

    Link(asio::io_context& io, Handler& handler, Options options);

    void open(const net::Address& address);
    // The same with addresses that another link has left over.
    void open(std::vector<Remote> remotes);
    // `bytes` stay valid until on_wrote, which tells how many the socket took.
    void write(ByteView bytes);

    // After on_open, with TLS: what only the two ends know (tls::Channel::binding); else empty.
    std::string channel_binding() const { return channel_ ? channel_->binding() : std::string(); }

    bool has_others() const { return !others_.empty(); }

    // The addresses that were not tried, or given up for the one that connected first.
    std::vector<Remote> take_others() { return std::move(others_); }

    // Nothing more will be written; the peer's last bytes are still read.
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
    // Calls `work` when the socket is as the step wants it, unless the link was closed.
    template <class Work>
    void when_ready(tls::Step::Kind wanted, Work work);
    void consume(std::size_t bytes);
    void make_room();
    void end(std::string text);

    asio::io_context& io_;
    Handler& handler_;
    const Options options_;
    asio::ip::tcp::resolver resolver_;
    std::shared_ptr<AddressRace> race_;  // while it connects
    std::vector<Remote> others_;
    asio::steady_timer silence_;  // runs while there are others and no byte came
    bool heard_ = false;
    Socket socket_;
    std::optional<tls::Channel> channel_;  // refers to the socket
    std::unique_ptr<char[]> input_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // of the bytes not consumed, in input_
    std::size_t end_ = 0;
    bool closed_ = false;
};

}  // namespace telex::client
