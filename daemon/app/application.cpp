#include "app/application.hpp"

#include "app/logging.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"
#include "config/reference.hpp"
#include "net/descriptor_limit.hpp"
#include "net/runtime_directory.hpp"
#include "sd/listen_fds.hpp"
#include "wire/quiet_protobuf.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
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
    Application application(std::move(*loaded.config));
    const int exit_code = application.run();
    finish_logging();
    return exit_code;
}

Application::Application(config::Config config)
    : config_(std::move(config)), signals_(control_), watchdog_(control_) {}

int Application::run() {
    std::signal(SIGPIPE, SIG_IGN);
    set_up_logging(config_.log);
    wire::quiet_protobuf();
    if (const auto limit = net::raise_descriptor_limit(); !limit) {
        spdlog::warn("{}", limit.error().what);
    }
    int exit_code = EX_OK;
    try {
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
        spdlog::critical("{}", error.what());
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
    if (!config_.users.empty()) {
        options.users = std::make_shared<const access::Users>(config_.users);
    }
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

void Application::announce() {
    std::string where;
    for (const auto& listener : server_->listeners()) {
        for (const std::string& address : listener->bound_addresses) {
            spdlog::info(
                "listening: listener={} address={} protocol={}",
                listener->options().name,
                address,
                listener->options().protocol
            );
            where += where.empty() ? address : ", " + address;
        }
    }
    spdlog::info(
        "ready: server={} version={} reactors={} pid={}",
        config_.server_name,
        TELEX_VERSION,
        config_.reactors,
        ::getpid()
    );
    if (!notifier_.ready("serving " + where)) {
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
    if (const auto reloaded = server_->reload_certificates()) {
        spdlog::info(
            "SIGHUP: certificates are read anew; the configuration itself is read at the next start"
        );
    } else {
        spdlog::error("SIGHUP: the old certificates stay in force: {}", reloaded.error());
    }
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
