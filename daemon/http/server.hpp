#pragma once
// HTTP/1.1 by libmicrohttpd, driven by the application's event loop: no separate thread and no
// lock.
//
// Limits: 256 connections (one more displaces another, places.hpp), 16 KiB for a request's head, 10
// seconds until a request is complete, a minute until its response is read. Slower clients are
// disconnected, even if bytes keep trickling in.
#include "http/message.hpp"
#include "net/listen.hpp"

#include <asio/io_context.hpp>

#include <memory>

namespace telex::http {

// Owner and thread: the application's, in whose `io` everything runs.
class Server {
public:
    // Calls `handle` for each request, on this thread. Throws std::system_error.
    Server(asio::io_context& io, Handler handle);
    // Closes all connections.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Accepts on a socket without a fault (socket_rules.hpp).
    void serve(net::Bound socket);

private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace telex::http
