#pragma once
// One attempt at one server and, when it succeeds, the connection: an Asio stream socket, TCP or
// unix, with TLS where that is asked for. Moves bytes; knows nothing of frames.
//
// Everything happens on the I/O thread. open() ends in on_open or on_end; after on_open, bytes come
// by on_bytes until on_end. One write at a time. After close() no handler is called any more.
#include "base/bytes.hpp"
#include "net/address.hpp"
#include "tls/channel.hpp"
#include "tls/peer_certificate.hpp"
#include <telex/error.hpp>

#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

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
        virtual void on_end(Error reason) = 0;
    };

    // What the server must prove before a byte goes to it.
    struct Security {
        tls::ContextPtr context;
        std::string server_name;
        std::string key_pin;  // empty: any key that the context takes
    };

    Link(asio::io_context& io, Handler& handler);

    void open(const net::Address& address, std::optional<Security> security);
    // `bytes` stay valid until on_wrote, which tells how many the socket took.
    void write(ByteView bytes);

    // After on_open, with TLS: what only the two ends know (tls::Channel::binding); else empty.
    std::string channel_binding() const { return channel_ ? channel_->binding() : std::string(); }

    // Nothing more will be written; the peer's last bytes are still read.
    void shutdown_send();
    void close();

private:
    using Socket = asio::generic::stream_protocol::socket;
    using Remote = asio::generic::stream_protocol::endpoint;

    void connect_next();
    void connect_failed(std::string text);
    void connected();
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

    Handler& handler_;
    asio::ip::tcp::resolver resolver_;
    Socket socket_;
    std::optional<Security> security_;
    std::optional<tls::Channel> channel_;  // refers to the socket
    std::vector<Remote> remotes_;          // addresses still to try, the last one first
    std::string last_failure_;
    std::unique_ptr<char[]> input_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // of the bytes not consumed, in input_
    std::size_t end_ = 0;
    bool closed_ = false;
};

}  // namespace telex::client
