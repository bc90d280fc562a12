#include "app/application.hpp"

#include "app/logging.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"
#include "config/print.hpp"
#include "config/reference.hpp"
#include "config/schema.hpp"
#include "exchange/memory_reserve.hpp"
#include "net/descriptor_limit.hpp"
#include "net/runtime_directory.hpp"
#include "sd/listen_fds.hpp"
#include "wire/quiet_protobuf.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace telex::app {

namespace {

// How long the manager may wait for one listener.
constexpr std::chrono::seconds kStartOfAListener{30};

int exit_code_of(config::LoadStatus status) {
    switch (status) {
        case config::LoadStatus::loaded:
            return EX_OK;
        case config::LoadStatus::invalid:
            return EX_CONFIG;
        case config::LoadStatus::unreadable:
            return EX_NOINPUT;
        case config::LoadStatus::no_permission:
            break;
    }
    return EX_NOPERM;
}

int exit_code_of(const net::SystemError& error) {
    switch (error.code) {
        case EADDRINUSE:
            return EX_TEMPFAIL;
        case EACCES:
        case EPERM:
            return EX_NOPERM;
        case ENOENT:
        case EINVAL:
            return EX_CONFIG;
        default:
            return EX_OSERR;
    }
}

bool lives_in_runtime_directory(const config::Config& config, const std::string& directory) {
    const auto lives_there = [&](const net::Address& address) {
        return !address.abstract && address.path.starts_with(directory + "/");
    };
    const auto any = [&](const std::vector<net::Address>& addresses) {
        return std::any_of(addresses.begin(), addresses.end(), lives_there);
    };
    return any(config.http.addresses) ||
           std::any_of(config.listeners.begin(), config.listeners.end(), [&](const auto& listener) {
               return any(listener.addresses);
           });
}

// Keys, passwords and messages of others are in this process's memory: the kernel keeps it from
// core files and from debuggers of anybody but root. Sanitizers look into their own process.
void keep_memory_private() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)::prctl(PR_SET_DUMPABLE, 0);
#endif
}

std::optional<std::string> text_without_a_file(Options::Action action) {
    switch (action) {
        case Options::Action::print_config_reference:
            return config::reference_markdown();
        case Options::Action::print_defaults:
            return config::print_defaults();
        case Options::Action::print_schema:
            return config::json_schema();
        default:
            return std::nullopt;
    }
}

int print(const std::string& text) {
    const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written ? EX_OK : EX_IOERR;
}

}  // namespace

int run(const Options& options) {
    if (const auto text = text_without_a_file(options.action)) {
        return print(*text);
    }
    auto loaded = config::load_file(options.config_file, config::Environment::of_process());
    std::fputs(config::render(loaded.diagnostics).c_str(), stderr);
    if (!loaded.config) {
        return exit_code_of(loaded.status);
    }
    if (options.action == Options::Action::print_config) {
        return print(config::print_config(*loaded.config, loaded.settings));
    }
    if (options.action == Options::Action::check_config) {
        fmt::print("{}: the configuration is right\n", options.config_file);
        return EX_OK;
    }
    Application application(
        Reloader(options.config_file, std::move(*loaded.config), std::move(loaded.settings))
    );
    const int exit_code = application.run();
    finish_logging();
    return exit_code;
}

Application::Application(Reloader configuration)
    : configuration_(std::move(configuration)), signals_(control_), watchdog_(control_) {}

int Application::run() {
    keep_memory_private();
    exchange::MemoryReserve::install();
    std::signal(SIGPIPE, SIG_IGN);
    wire::quiet_protobuf();
    int exit_code = EX_OK;
    try {
        set_up_logging(config().log);
        if (const auto limit = net::raise_descriptor_limit(); !limit) {
            spdlog::warn("{}", limit.error().what);
        }
        watch_signals();
        if (!open_listeners(exit_code)) {
            notifier_.failed(exit_code, "cannot open the listeners");
            return exit_code;
        }
        server_->start();
        announce();
        feed_watchdog();
        while (stop_signals_ == 0) {
            control_.run_one();
        }
        stop();
    } catch (const std::system_error& error) {
        spdlog::critical("the system refuses: {}", error.what());
        notifier_.failed(EX_OSERR, error.what());
        exit_code = EX_OSERR;
    }
    return exit_code;
}

bool Application::open_listeners(int& exit_code) {
    auto passed = sd::take_passed_sockets();
    if (!passed) {
        spdlog::critical("{}", passed.error());
        exit_code = EX_CONFIG;
        return false;
    }
    const std::string directory = net::default_runtime_directory();
    if (lives_in_runtime_directory(config(), directory)) {
        if (const auto ready = net::prepare_runtime_directory(directory); !ready) {
            spdlog::critical("{}", ready.error().what);
            exit_code = exit_code_of(ready.error());
            return false;
        }
    }
    server::ServerOptions options;
    options.name = config().server_name;
    options.version = TELEX_VERSION;
    options.reactors = config().reactors;
    options.spin = config().spin;
    options.exchange.memory_budget_bytes = config().memory_budget_bytes;
    options.exchange.max_open_requests = config().max_open_requests;
    options.drain_timeout = config().drain_timeout;
    options.users = config().users;
    options.accounts = config().accounts;
    server_ = std::make_unique<server::Server>(options);
    admin::Operations& operations = *this;
    desk_ = std::make_unique<admin::Desk>(control_, *server_, operations);
    server_->exchange().set_desk(desk_.get());
    for (const auto& listener : config().listeners) {
        // Looking up a host's name may take its time.
        notifier_.status("opening listener " + listener.name);
        notifier_.extend_start(kStartOfAListener);
        if (const auto opened = server_->open(listener, *passed); !opened) {
            spdlog::critical("listener={} {}", listener.name, opened.error().what);
            exit_code = exit_code_of(opened.error());
            return false;
        }
    }
    if (!open_surface(*passed, exit_code)) {
        return false;
    }
    for (const std::string& name : passed->leftover_names()) {
        spdlog::warn("systemd passed a socket that no listener asks for, closed: name={}", name);
    }
    return true;
}

bool Application::open_surface(sd::PassedSockets& passed, int& exit_code) {
    const config::HttpOptions& options = config().http;
    if (options.addresses.empty()) {
        return true;
    }
    const admin::Operations& operations = *this;
    surface_ = std::make_unique<admin::Surface>(*server_, operations, options.hosts);
    http_ = std::make_unique<http::Server>(control_, [this](const http::Request& request) {
        return surface_->answer(request);
    });
    net::ListenOptions listen;
    listen.file.mode = options.mode;
    for (const net::Address& address : options.addresses) {
        auto sockets = sd::take_or_open(address, listen, 1, passed);
        if (!sockets) {
            spdlog::critical("http: {}", sockets.error().what);
            exit_code = exit_code_of(sockets.error());
            return false;
        }
        for (net::Bound& socket : *sockets) {
            http_addresses_.push_back(net::to_string(socket.actual));
            http_->serve(std::move(socket));
        }
    }
    return true;
}

// Those that were not announced before.
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
                spdlog::info(
                    "listening: listener={} address={} protocol={}",
                    name,
                    address,
                    settings->options().protocol
                );
            }
        }
    }
}

void Application::announce() {
    announce_listeners();
    for (const std::string& address : http_addresses_) {
        spdlog::info("listening: http address={}", address);
    }
    spdlog::info(
        "ready: server={} version={} reactors={} pid={}",
        config().server_name,
        TELEX_VERSION,
        config().reactors,
        ::getpid()
    );
    if (!notifier_.ready("serving " + served_)) {
        spdlog::warn("the service manager cannot be told that this daemon is ready");
    }
}

void Application::watch_signals() {
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        signals_.add(number);
    }
    signals_.async_wait([this](const asio::error_code& error, int number) {
        if (error) {
            return;
        }
        if (number == SIGHUP) {
            (void)reload(false);
        } else {
            ++stop_signals_;
            spdlog::info("signal {}: {}", number, stop_signals_ == 1 ? "draining" : "stopping now");
        }
        watch_signals();
    });
}

v1::ReloadReport Application::reload(bool dry_run) {
    if (dry_run) {
        return configuration_.preview();
    }
    if (stop_signals_ > 0) {
        v1::ReloadReport report;
        report.set_problem("the daemon stops");
        log_reload(report);
        return report;
    }
    notifier_.reloading();
    v1::ReloadReport report = configuration_.reload(*server_);
    last_reload_succeeded_ = report.problem().empty();
    if (last_reload_succeeded_) {
        configured_ = std::chrono::system_clock::now();
        app::set_log_level(config().log.level);
    }
    log_reload(report);
    notifier_.ready(
        report.problem().empty() ? "serving " + served_
                                 : "serving " + served_ + "; the last reload was refused"
    );
    return report;
}

void Application::log_reload(const v1::ReloadReport& report) {
    const bool refused = !report.problem().empty();
    for (const std::string& diagnostic : report.diagnostics()) {
        spdlog::log(refused ? spdlog::level::err : spdlog::level::warn, "{}", diagnostic);
    }
    if (refused) {
        spdlog::error("reload ended: refused, everything stays as it was: {}", report.problem());
        return;
    }
    for (const v1::ConfigChange& change : report.changes()) {
        spdlog::info("reload: {}", change.text());
    }
    announce_listeners();
    spdlog::info("reload ended: changes={}; certificates were read anew", report.changes_size());
}

admin::DaemonState Application::state() const {
    return {
        .draining = stop_signals_ > 0,
        .last_reload_succeeded = last_reload_succeeded_,
        .configured_unix_seconds = std::chrono::system_clock::to_time_t(configured_),
    };
}

void Application::drain() {
    ++stop_signals_;
}

std::optional<std::string> Application::set_log_level(std::string_view level) {
    const auto known = config::log_level_named(level);
    if (!known) {
        return "the level of the log is one of debug, info, warning, error";
    }
    app::set_log_level(*known);
    return std::nullopt;
}

std::string Application::log_level() const {
    return std::string(config::name_of(app::log_level()));
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
        spdlog::error("a reactor does not answer: the watchdog is not fed");
    }
    watchdog_.expires_after(period);
    watchdog_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            feed_watchdog();
        }
    });
}

void Application::stop() {
    notifier_.stopping();
    const bool all_went = server_->drain([this] {
        control_.poll();
        return stop_signals_ > 1;
    });
    spdlog::info("stopped: {}", all_went ? "drained" : "some peers were cut off");
    http_.reset();
    server_.reset();  // and with it those who would ask the desk
    desk_.reset();
}

}  // namespace telex::app
