#include "app/application.hpp"

#include "app/logging.hpp"
#include "config/changes.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"
#include "config/reference.hpp"
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

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace telex::app {

namespace {

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
    for (const auto& listener : config.listeners) {
        for (const auto& address : listener.addresses) {
            if (!address.abstract && address.path.starts_with(directory + "/")) {
                return true;
            }
        }
    }
    return false;
}

// Keys, passwords and messages of others are in this process's memory: the kernel keeps it from
// core files and from debuggers of anybody but root. Sanitizers look into their own process.
void keep_memory_private() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace

int run(const Options& options) {
    if (options.action == Options::Action::print_config_reference) {
        std::fputs(config::reference_markdown().c_str(), stdout);
        return EX_OK;
    }
    auto loaded = config::load_file(options.config_file, config::Environment::of_process());
    std::fputs(config::render(loaded.diagnostics).c_str(), stderr);
    if (!loaded.config) {
        return exit_code_of(loaded.status);
    }
    if (options.action == Options::Action::check_config) {
        fmt::print("{}: the configuration is right\n", options.config_file);
        return EX_OK;
    }
    Application application(
        options.config_file, std::move(*loaded.config), std::move(loaded.settings)
    );
    const int exit_code = application.run();
    finish_logging();
    return exit_code;
}

Application::Application(std::string file, config::Config config, config::Settings settings)
    : file_(std::move(file)),
      config_(std::move(config)),
      settings_(std::move(settings)),
      signals_(control_),
      watchdog_(control_) {}

int Application::run() {
    keep_memory_private();
    exchange::MemoryReserve::install();
    std::signal(SIGPIPE, SIG_IGN);
    wire::quiet_protobuf();
    int exit_code = EX_OK;
    try {
        set_up_logging(config_.log);
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
    if (lives_in_runtime_directory(config_, directory)) {
        if (const auto ready = net::prepare_runtime_directory(directory); !ready) {
            spdlog::critical("{}", ready.error().what);
            exit_code = exit_code_of(ready.error());
            return false;
        }
    }
    server::ServerOptions options;
    options.name = config_.server_name;
    options.version = TELEX_VERSION;
    options.reactors = config_.reactors;
    options.spin = config_.spin;
    options.exchange.memory_budget_bytes = config_.memory_budget_bytes;
    options.exchange.max_open_requests = config_.max_open_requests;
    options.drain_timeout = config_.drain_timeout;
    options.users = config_.users;
    options.accounts = config_.accounts;
    server_ = std::make_unique<server::Server>(options);
    for (const auto& listener : config_.listeners) {
        if (const auto opened = server_->open(listener, *passed); !opened) {
            spdlog::critical("listener={} {}", listener.name, opened.error().what);
            exit_code = exit_code_of(opened.error());
            return false;
        }
    }
    for (const std::string& name : passed->leftover_names()) {
        spdlog::warn("systemd passed a socket that no listener asks for, closed: name={}", name);
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
    spdlog::info(
        "ready: server={} version={} reactors={} pid={}",
        config_.server_name,
        TELEX_VERSION,
        config_.reactors,
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
            reload();
        } else {
            ++stop_signals_;
            spdlog::info("signal {}: {}", number, stop_signals_ == 1 ? "draining" : "stopping now");
        }
        watch_signals();
    });
}

void Application::reload() {
    notifier_.reloading();
    const auto problem = try_reload();
    if (problem) {
        spdlog::error("reload ended: refused, everything stays as it was: {}", *problem);
    }
    notifier_.ready(
        problem ? "serving " + served_ + "; the last reload was refused" : "serving " + served_
    );
}

std::optional<std::string> Application::try_reload() {
    auto loaded = config::load_file(file_, config::Environment::of_process());
    for (const auto& diagnostic : loaded.diagnostics) {
        const bool error = diagnostic.severity == config::Severity::error;
        spdlog::log(error ? spdlog::level::err : spdlog::level::warn, "{}", headline(diagnostic));
    }
    if (!loaded.config) {
        return "the configuration has errors";
    }
    const auto changes = config::changes_between(settings_, loaded.settings);
    std::string stuck;
    for (const auto& change : changes) {
        if (change.reload == config::Reload::restart) {
            stuck += (stuck.empty() ? "" : "; ") + to_string(change);
        }
    }
    if (!stuck.empty()) {
        return "only a restart can change " + stuck;
    }
    if (auto done = server_->reload(
            loaded.config->listeners, loaded.config->users, loaded.config->accounts
        );
        !done) {
        return done.error().what;
    }
    config_ = std::move(*loaded.config);
    settings_ = std::move(loaded.settings);
    set_log_level(config_.log.level);
    for (const auto& change : changes) {
        spdlog::info("reload: {}", to_string(change));
    }
    announce_listeners();
    spdlog::info("reload ended: changes={}; certificates were read anew", changes.size());
    return std::nullopt;
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
    server_.reset();
}

}  // namespace telex::app
