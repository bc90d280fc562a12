#pragma once
// The daemon's life: configuration, sockets, reactors, signals, drain. The only place that
// constructs and wires.
//
//   load -> log -> sockets -> reactors -> ready ... TERM -> stopping -> drain -> end
//                                         \ watchdog while every reactor answers
#include "app/options.hpp"
#include "config/config.hpp"
#include "config/setting.hpp"
#include "sd/notify.hpp"
#include "server/server.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace telex::app {

// Does what the options say; returns the process's exit code (sysexits.h).
int run(const Options& options);

// Owner and thread: main.
class Application {
public:
    // `file` is what a reload reads again.
    Application(std::string file, config::Config config, config::Settings settings);

    // Returns the exit code.
    int run();

private:
    bool open_listeners(int& exit_code);
    void announce();
    void announce_listeners();
    void watch_signals();
    void reload();
    // The problem, or nothing.
    std::optional<std::string> try_reload();
    void feed_watchdog();
    void stop();

    const std::string file_;
    config::Config config_;
    config::Settings settings_;
    std::set<std::string> announced_;  // listeners
    std::string served_;               // for the service manager's status
    asio::io_context control_;
    asio::signal_set signals_;
    asio::steady_timer watchdog_;
    sd::Notifier notifier_;
    std::unique_ptr<server::Server> server_;
    int stop_signals_ = 0;
};

}  // namespace telex::app
