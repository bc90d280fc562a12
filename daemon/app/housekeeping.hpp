#pragma once
// Once a second: warns of certificates that expire and of deleted socket files, and returns unused
// memory to the system.
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

class Housekeeping {
public:
    // Both outlive it.
    Housekeeping(asio::io_context& control, server::Server& server)
        : server_(server), timer_(control) {}

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
    asio::steady_timer timer_;
    bool stopped_ = false;
    CertificateWatch certificates_;
    std::set<std::string> unreachable_;  // addresses that the log has named
};

}  // namespace telex::app
