#pragma once
// Once a second: warns of certificates that expire, of deleted socket files and of a full disk
// below streams, and returns unused memory to the system.
//
// Owner and thread: the application's. Runs in its `io_context`.
#include "app/certificate_watch.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <set>
#include <string>

namespace telex::server {
class Server;
}

namespace telex::app {

class StreamService;

class Housekeeping {
public:
    // All outlive it.
    Housekeeping(asio::io_context& control, server::Server& server, StreamService& streams)
        : server_(server), streams_(streams), timer_(control) {}

    // The first time immediately. While the server runs.
    void start();
    // Must be called before the end of the server if `control` still runs.
    void stop();

    // A reload has read the certificates again: repeats the warnings about them.
    void certificates_loaded();

private:
    void each_second();
    void check_certificates();
    void check_socket_files();

    server::Server& server_;
    StreamService& streams_;
    asio::steady_timer timer_;
    bool stopped_ = false;
    CertificateWatch certificates_;
    std::set<std::string> unreachable_;  // addresses that the log has named
};

}  // namespace telex::app
