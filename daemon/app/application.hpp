#pragma once
// The daemon's life: configuration, sockets, reactors, signals, drain. The only place that
// constructs and wires.
//
//   load -> log -> sockets -> reactors -> ready ... TERM -> stopping -> drain -> end
//                                         \ watchdog while every reactor answers
#include "app/options.hpp"
#include "config/config.hpp"
#include "sd/notify.hpp"
#include "server/server.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <memory>

namespace telex::app {

// Does what the options say; returns the process's exit code (sysexits.h).
int run(const Options& options);

// Owner and thread: main.
class Application {
public:
    explicit Application(config::Config config);

    // Returns the exit code.
    int run();

private:
    bool open_listeners(int& exit_code);
    void announce();
    void watch_signals();
    void reload();
    void feed_watchdog();
    void stop();

    config::Config config_;
    asio::io_context control_;
    asio::signal_set signals_;
    asio::steady_timer watchdog_;
    sd::Notifier notifier_;
    std::unique_ptr<server::Server> server_;
    int stop_signals_ = 0;
};

}  // namespace telex::app
