#pragma once
// Samples the statistics for the history, every few seconds. Never waits for the reactors: while
// one of them does not respond there are no samples, and the history has a gap.
//
// Owner and thread: the application's. Runs in its `io_context`.
#include "admin/history.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

namespace telex::server {
class Server;
}

namespace telex::app {

class HistorySampler {
public:
    // All outlive it.
    HistorySampler(asio::io_context& control, server::Server& server, admin::History& history)
        : control_(control), server_(server), history_(history), timer_(control) {}

    // The first time immediately. While the server runs.
    void start();
    // Must be called before the end of the server if `control` still runs.
    void stop();

private:
    void sample();
    void wait_for_next();

    asio::io_context& control_;
    server::Server& server_;
    admin::History& history_;
    asio::steady_timer timer_;
    bool waits_for_reactors_ = false;
    bool stopped_ = false;
};

}  // namespace telex::app
