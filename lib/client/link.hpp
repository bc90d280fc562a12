#pragma once
// One attempt at one server and, when it succeeds, the connection: an Asio stream socket, TCP or
// unix. Moves bytes; knows nothing of frames.
//
// Everything happens on the I/O thread. open() ends in on_open or on_end; after on_open, bytes come
// by on_bytes until on_end. One write at a time. After close() no handler is called any more.
#include "base/bytes.hpp"
#include "net/address.hpp"
#include <telex/error.hpp>

#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
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

    Link(asio::io_context& io, Handler& handler);

    void open(const net::Address& address);
    // `bytes` stay valid until on_wrote, which tells how many the socket took.
    void write(ByteView bytes);
    // Nothing more will be written; the peer's last bytes are still read.
    void shutdown_send();
    void close();

private:
    using Socket = asio::generic::stream_protocol::socket;
    using Remote = asio::generic::stream_protocol::endpoint;

    void connect_next();
    void connected();
    void read();
    void consume(std::size_t bytes);
    void make_room();
    void end(std::string text);

    Handler& handler_;
    asio::ip::tcp::resolver resolver_;
    Socket socket_;
    std::vector<Remote> remotes_;  // addresses still to try, the last one first
    std::string last_failure_;
    std::unique_ptr<char[]> input_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // of the bytes not consumed, in input_
    std::size_t end_ = 0;
    bool closed_ = false;
};

}  // namespace telex::client
