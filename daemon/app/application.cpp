#include "app/application.hpp"

#include "app/exit_codes.hpp"
#include "app/start_files.hpp"
#include "exchange/emergency_reserve.hpp"
#include "log/log.hpp"
#include "log/output.hpp"
#include "net/descriptor_limit.hpp"
#include "sd/listen_fds.hpp"
#include "wire/quiet_protobuf.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace telex::app {

namespace {

// Keeps the memory, with its keys, passwords and messages, out of core files and from debuggers of
// users other than root. Sanitizers need to inspect their own process.
void keep_memory_private() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)::prctl(PR_SET_DUMPABLE, 0);  // cannot fail with this argument
#endif
}

// The freed memory that the arena of each thread keeps. By default glibc raises it to twice the
// largest block that was ever freed: up to 64 MiB for each reactor.
void limit_kept_memory() {
    constexpr int kKept = 2 << 20;
    constexpr int kMapped = 8 << 20;  // larger blocks go back to the system at once
    // They fail only for values out of range.
    // NOLINTBEGIN(concurrency-mt-unsafe): before the first thread
    (void)::mallopt(M_TRIM_THRESHOLD, kKept);
    (void)::mallopt(M_MMAP_THRESHOLD, kMapped);
    // NOLINTEND(concurrency-mt-unsafe)
}

// Names the changed keys without their values, which may be confidential.
v1::Event reload_event(const v1::ReloadReport& report) {
    v1::Event event;
    v1::ReloadEvent& reload = *event.mutable_reload();
    reload.set_succeeded(!report.has_error());
    reload.set_error(report.error().code());
    for (const v1::ConfigChange& change : report.changes()) {
        reload.add_changed_paths(change.path());
    }
    return event;
}

// The part of a failed reload that is kept, so that its size is limited.
std::optional<v1::ReloadReport> refusal_of(const v1::ReloadReport& report) {
    constexpr int kDiagnostics = 20;
    if (!report.has_error()) {
        return std::nullopt;
    }
    v1::ReloadReport refusal;
    *refusal.mutable_error() = report.error();
    for (int i = 0; i < std::min(kDiagnostics, report.diagnostics_size()); ++i) {
        refusal.add_diagnostics(report.diagnostics(i));
    }
    return refusal;
}

}  // namespace

Application::Application(
    Reloader configuration, Result<sd::PassedSockets, std::string> passed, std::string pid_file
)
    : configuration_(std::move(configuration)),
      pid_file_(std::move(pid_file)),
      watchdog_(control_),
      listener_start_(std::move(passed), notifier_) {}

int Application::run() {
    keep_memory_private();
    limit_kept_memory();
    exchange::EmergencyReserve::install();
    std::signal(SIGPIPE, SIG_IGN);
    wire::quiet_protobuf();
    int exit_code = EX_OK;
    try {
        signals_.emplace(
            control_,
            SignalSource::Handlers{
                .stop = [this](int number) { request_stop(number); },
                .reload = [this] { (void)reload(false, false); },  // the log has its report
            }
        );
        log::set_up(config().log.format, config().log.level);
        if (const auto limit = net::raise_descriptor_limit(); !limit) {
            log::write("descriptor_limit", {{"error", limit.error().what}});
        }
        exit_code = prepare();
        if (exit_code != EX_OK) {
            streams_.stop(false);
            return exit_code;
        }
        server_->start();
        announce();
        feed_watchdog();
        housekeeping_->start();
        sampler_->start();
        while (stop_signals_ == 0) {
            control_.run_one();
        }
        stop();
    } catch (const std::system_error& error) {
        log::write("startup_failed", {{"error", error.what()}});
        streams_.stop(false);
        notifier_.failed(EX_OSERR, error.what());
        exit_code = EX_OSERR;
    }
    return exit_code;
}

int Application::prepare() {
    if (const int failed = streams_.open(config().storage); failed != EX_OK) {
        notifier_.failed(failed, "cannot open the store");
        return failed;
    }
    if (const int failed = open_listeners(); failed != EX_OK) {
        notifier_.failed(failed, "cannot open the listeners");
        return failed;
    }
    if (!write_pid()) {
        return EX_IOERR;
    }
    server_->run_reactors();
    if (const int failed = streams_.start(*server_, config().streams); failed != EX_OK) {
        notifier_.failed(failed, "cannot apply the streams of the configuration");
        return failed;
    }
    return EX_OK;
}

int Application::open_listeners() {
    if (const int failed = listener_start_.prepare(config()); failed != EX_OK) {
        return failed;
    }
    server::ServerOptions options = config().server;
    options.version = TELEX_VERSION;
    server_ = std::make_unique<server::Server>(std::move(options), listener_start_.sockets());
    housekeeping_.emplace(control_, *server_, streams_);
    streams_.on_change([this] { notifier_.status(status_text()); });
    sampler_.emplace(control_, *server_, history_);
    admin::DaemonControl& daemon = *this;
    admin_actions_ = std::make_unique<admin::AdminActions>(
        control_, *server_, daemon, history_, streams_.engine(), config().storage.folder
    );
    admin_service_ = std::make_unique<admin::AdminService>(control_, *admin_actions_);
    server_->exchange().set_admin_handler(admin_service_.get());
    if (storage::Engine* const engine = streams_.engine(); engine != nullptr) {
        server_->exchange().set_stream_storage(engine);
        server_->exchange().set_stream_consumers(&engine->consumers());
    }
    if (const int failed = listener_start_.open(config(), *server_); failed != EX_OK) {
        return failed;
    }
    if (const config::HttpOptions& http = config().http; !http.addresses.empty()) {
        http_ = std::make_unique<HttpEndpoint>(control_, *server_, daemon, *admin_actions_, http);
        if (const int failed = http_->open(http, listener_start_.sockets()); failed != EX_OK) {
            return failed;
        }
    }
    listener_start_.close_leftovers();
    return EX_OK;
}

bool Application::write_pid() {
    if (pid_file_.empty()) {
        return true;
    }
    const auto written = write_pid_file(pid_file_);
    if (!written) {
        log::write("startup_failed", {{"error", written.error()}});
        notifier_.failed(EX_IOERR, written.error());
    }
    return written.has_value();
}

// Logs the listeners that it has not logged before.
void Application::announce_listeners() {
    const std::set<std::string> before = std::exchange(announced_, {});
    served_.clear();
    for (const auto& listener : server_->listeners()) {
        const auto settings = listener->settings();
        const std::string& name = settings->options().name;
        announced_.insert(name);
        for (const std::string& address : listener->bound_addresses) {
            served_ += served_.empty() ? address : ", " + address;
            if (!before.contains(name)) {
                log::write(
                    "listening",
                    {{"listener", name},
                     {"address", address},
                     {"protocol", settings->options().protocol}}
                );
            }
        }
    }
}

std::string Application::status_text() const {
    std::string text = "serving " + served_;
    if (refused_reload_) {
        text += "; the last reload was refused";
    }
    if (const std::string problem = streams_.problem(); !problem.empty()) {
        text += "; streams store nothing: " + problem;
    }
    return text;
}

void Application::announce() {
    announce_listeners();
    if (http_) {
        for (const std::string& address : http_->addresses()) {
            log::write("listening", {{"protocol", "http"}, {"address", address}});
        }
    }
    log::write(
        "ready",
        {{"server", config().server.name},
         {"version", TELEX_VERSION},
         {"reactors", config().server.reactors},
         {"pid", ::getpid()}}
    );
    if (!notifier_.ready(status_text())) {
        log::write("notify_failed");
    }
}

void Application::request_stop(int signal) {
    ++stop_signals_;
    log::write(
        "signal",
        {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"},
         {"action", stop_signals_ == 1 ? "drain" : "stop"}}
    );
}

v1::ReloadReport Application::reload(bool dry_run, bool force) {
    if (dry_run) {
        return configuration_.preview(*server_, streams_, force);
    }
    if (stop_signals_ > 0) {
        v1::ReloadReport report;
        wire::set_error(
            report, wire::admin_error(v1::AdminError::SHUTTING_DOWN, "the daemon stops")
        );
        log_reload(report);
        return report;
    }
    notifier_.reloading();
    v1::ReloadReport report = configuration_.reload(*server_, streams_, force);
    refused_reload_ = refusal_of(report);
    if (!refused_reload_) {
        configured_ = std::chrono::system_clock::now();
        log::set_level(config().log.level);
    }
    log_reload(report);
    server_->report(reload_event(report));
    notifier_.ready(status_text());
    return report;
}

void Application::log_reload(const v1::ReloadReport& report) {
    const bool refused = report.has_error();
    for (const std::string& diagnostic : report.diagnostics()) {
        if (refused) {
            log::write("config_error", {{"diagnostic", diagnostic}});
        } else {
            log::write("config_warning", {{"diagnostic", diagnostic}});
        }
    }
    if (refused) {
        log::write("reload_refused", {{"error", report.error().message()}});
        return;
    }
    for (const v1::ConfigChange& change : report.changes()) {
        log::write("reload_change", {{"change", change.text()}});
    }
    for (const v1::ReloadEffect& effect : report.effects()) {
        log::write("reload_change", {{"change", effect.text()}});
    }
    announce_listeners();
    housekeeping_->certificates_loaded();
    const auto renewed =
        std::count_if(report.effects().begin(), report.effects().end(), [](const auto& effect) {
            return effect.kind() != v1::ReloadEffect::SOCKET_FILE_MADE;
        });
    log::write("reload_done", {{"changes", report.changes_size()}, {"renewed", renewed}});
}

admin::DaemonState Application::state() const {
    admin::DaemonState state{
        .draining = stop_signals_ > 0,
        .refused_reload = refused_reload_,
        .configured_unix_seconds = std::chrono::system_clock::to_time_t(configured_),
        .unreachable_addresses = {},
        .storage_problem = streams_.problem(),
    };
    for (const auto& listener : server_->listeners()) {
        for (std::string& address : listener->unreachable_addresses()) {
            state.unreachable_addresses.push_back(std::move(address));
        }
    }
    return state;
}

void Application::drain() {
    ++stop_signals_;
}

wire::AdminResult<void> Application::set_log_level(std::string_view level) {
    const auto known = config::log_level_named(level);
    if (!known) {
        return unexpected(wire::admin_error(
            v1::AdminError::INVALID_ARGUMENT,
            "the level of the log is one of debug, info, warning, error"
        ));
    }
    log::set_level(*known);
    return {};
}

std::string Application::configuration() const {
    return configuration_.print();
}

std::string Application::log_level() const {
    return std::string(log::name_of(log::level()));
}

void Application::feed_watchdog() {
    const auto interval = notifier_.watchdog_interval();
    if (!interval) {
        return;
    }
    const auto period = std::chrono::duration_cast<std::chrono::milliseconds>(*interval / 3);
    if (server_->responsive(period)) {
        notifier_.watchdog();
    } else {
        log::write("reactor_stuck");
    }
    watchdog_.expires_after(period);
    watchdog_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            feed_watchdog();
        }
    });
}

void Application::stop() {
    housekeeping_->stop();
    sampler_->stop();
    notifier_.stopping();
    const bool all_went = server_->drain([this] {
        control_.poll();
        return stop_signals_ > 1;
    });
    streams_.stop(stop_signals_ > 1);
    log::write("stopped", {{"outcome", all_went ? "drained" : "cut_off"}});
    http_.reset();
    housekeeping_.reset();
    sampler_.reset();
    server_.reset();  // and with it every client of the admin service
    admin_service_.reset();
}

}  // namespace telex::app
