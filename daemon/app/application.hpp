#pragma once
// The daemon's life: configuration, sockets, reactors, signals, drain. The only place that
// constructs and wires.
//
//   load -> log -> sockets -> reactors -> ready ... TERM -> stopping -> drain -> end
//                                         \ watchdog while every reactor answers
#include "admin/admin_actions.hpp"
#include "admin/admin_service.hpp"
#include "admin/daemon_control.hpp"
#include "admin/http_api.hpp"
#include "app/certificate_watch.hpp"
#include "app/options.hpp"
#include "app/reloader.hpp"
#include "http/server.hpp"
#include "sd/notify.hpp"
#include "sd/socket_store.hpp"
#include "server/server.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace telex::app {

// Does what the options say; returns the process's exit code (sysexits.h).
int run(const Options& options);

// Owner and thread: main.
class Application final : private admin::DaemonControl {
public:
    // `passed`: what the service manager gave, or what is wrong with that.
    Application(Reloader configuration, Result<sd::PassedSockets, std::string> passed);

    // Returns the exit code.
    int run();

private:
    // DaemonControl
    v1::ReloadReport reload(bool dry_run) override;
    void drain() override;
    [[nodiscard]] wire::AdminResult<void> set_log_level(std::string_view level) override;
    std::string log_level() const override;
    admin::DaemonState state() const override;

    [[nodiscard]] bool open_listeners(int& exit_code);
    void sort_passed_sockets();
    [[nodiscard]] bool prepare_runtime_directory(int& exit_code);
    [[nodiscard]] bool open_http(int& exit_code);
    void announce();
    void announce_listeners();
    void watch_signals();
    void log_reload(const v1::ReloadReport& report);
    void feed_watchdog();
    // Once a second: certificates that expire, socket files that were deleted, free memory.
    void each_second();
    void check_certificates();
    void check_socket_files();
    void stop();

    const config::Config& config() const { return configuration_.config(); }

    Reloader configuration_;
    std::set<std::string> announced_;  // listeners
    std::string served_;               // for the service manager's status
    asio::io_context control_;
    asio::signal_set signals_;
    asio::steady_timer watchdog_;
    asio::steady_timer second_timer_;
    CertificateWatch certificates_;
    std::set<std::string> unreachable_;  // addresses that the log has named
    sd::Notifier notifier_;
    Result<sd::PassedSockets, std::string> passed_;
    sd::SocketStore sockets_;
    std::unique_ptr<server::Server> server_;
    std::unique_ptr<admin::AdminActions> admin_actions_;
    std::unique_ptr<admin::AdminService> admin_service_;
    std::unique_ptr<admin::HttpApi> http_api_;
    std::unique_ptr<http::Server> http_;
    std::vector<std::string> http_addresses_;
    bool last_reload_succeeded_ = true;
    std::chrono::system_clock::time_point configured_ = std::chrono::system_clock::now();
    int stop_signals_ = 0;
};

}  // namespace telex::app
