#pragma once
// The daemon's life: configuration, sockets, reactors, signals, drain. The only place that
// constructs and wires.
//
//   load -> log -> store -> sockets -> reactors -> ready ... TERM -> stopping -> drain -> end
//                                         \ watchdog while every reactor responds
#include "admin/admin_actions.hpp"
#include "admin/admin_service.hpp"
#include "admin/daemon_control.hpp"
#include "admin/history.hpp"
#include "app/history_sampler.hpp"
#include "app/housekeeping.hpp"
#include "app/http_endpoint.hpp"
#include "app/listener_start.hpp"
#include "app/reloader.hpp"
#include "app/signal_source.hpp"
#include "app/stream_service.hpp"
#include "sd/listen_fds.hpp"
#include "sd/notify.hpp"
#include "server/server.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace telex::app {

// Owner and thread: main.
class Application final : private admin::DaemonControl {
public:
    // `passed`: the sockets that the service manager passed, or an error. `pid_file` gets the id of
    // the process when it is ready; empty for none.
    Application(
        Reloader configuration, Result<sd::PassedSockets, std::string> passed, std::string pid_file
    );

    // Returns the exit code.
    int run();

private:
    // DaemonControl
    v1::ReloadReport reload(bool dry_run, bool force) override;
    void drain() override;
    [[nodiscard]] wire::AdminResult<void> set_log_level(std::string_view level) override;
    std::string log_level() const override;
    std::string configuration() const override;
    admin::DaemonState state() const override;

    // Opens the store and everything that listens, and runs the reactors. Returns EX_OK or the exit
    // code.
    [[nodiscard]] int prepare();
    // Builds the server and everything that listens. Returns EX_OK or the exit code.
    [[nodiscard]] int open_listeners();
    [[nodiscard]] bool write_pid();
    void announce();
    void announce_listeners();
    // For the service manager.
    std::string status_text() const;
    void request_stop(int signal);
    void log_reload(const v1::ReloadReport& report);
    void feed_watchdog();
    void stop();

    const config::Config& config() const { return configuration_.config(); }

    Reloader configuration_;
    const std::string pid_file_;
    std::set<std::string> announced_;  // listeners
    std::string served_;               // for the service manager's status
    asio::io_context control_;
    std::optional<SignalSource> signals_;
    asio::steady_timer watchdog_;
    sd::Notifier notifier_;
    ListenerStart listener_start_;
    StreamService streams_{notifier_};
    admin::History history_;
    std::unique_ptr<server::Server> server_;
    std::optional<Housekeeping> housekeeping_;
    std::optional<HistorySampler> sampler_;
    std::unique_ptr<admin::AdminActions> admin_actions_;
    std::unique_ptr<admin::AdminService> admin_service_;
    std::unique_ptr<HttpEndpoint> http_;
    std::optional<v1::ReloadReport> refused_reload_;  // the last one, if it failed
    std::chrono::system_clock::time_point configured_ = std::chrono::system_clock::now();
    int stop_signals_ = 0;
};

}  // namespace telex::app
