// Application: the sockets that it begins with.
#include "app/application.hpp"
#include "http/socket_rules.hpp"
#include "log/log.hpp"
#include "net/runtime_directory.hpp"

#include <sysexits.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::app {

namespace {

// How long the manager may wait for one listener.
constexpr std::chrono::seconds kStartOfAListener{30};
// The place of the HTTP server's sockets; not a valid name of a listener.
constexpr std::string_view kHttpPlace = "$http";

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

}  // namespace

// Passed sockets of an earlier configuration are not kept. A wrongly passed socket is an error only
// for a listener that needs it.
void Application::sort_passed_sockets() {
    if (!passed_) {
        log::write("sockets_ignored", {{"error", passed_.error()}});
        passed_ = sd::PassedSockets();
    }
    sockets_ = sd::SocketStore(*std::move(passed_), notifier_);
    std::vector<sd::Place> places;
    for (const auto& listener : config().listeners) {
        for (const net::Address& address : listener.addresses) {
            places.push_back({listener.name, address});
        }
    }
    for (const net::Address& address : config().http.addresses) {
        places.push_back({std::string(kHttpPlace), address});
    }
    sockets_.forget_all_but(places);
}

bool Application::prepare_runtime_directory(int& exit_code) {
    const std::string directory = net::default_runtime_directory();
    if (!lives_in_runtime_directory(config(), directory)) {
        return true;
    }
    const auto ready = net::prepare_runtime_directory(directory);
    if (!ready) {
        log::write("startup_failed", {{"error", ready.error().what}});
        exit_code = exit_code_of(ready.error());
    }
    return ready.has_value();
}

bool Application::open_listeners(int& exit_code) {
    sort_passed_sockets();
    if (!prepare_runtime_directory(exit_code)) {
        return false;
    }
    server::ServerOptions options = config().server;
    options.version = TELEX_VERSION;
    server_ = std::make_unique<server::Server>(std::move(options), sockets_);
    admin::DaemonControl& daemon = *this;
    admin_actions_ = std::make_unique<admin::AdminActions>(control_, *server_, daemon);
    admin_service_ = std::make_unique<admin::AdminService>(control_, *admin_actions_);
    server_->exchange().set_admin_handler(admin_service_.get());
    for (const auto& listener : config().listeners) {
        // Looking up a host's name may take its time.
        notifier_.status("opening listener " + listener.name);
        notifier_.extend_start(kStartOfAListener);
        if (const auto opened = server_->open(listener); !opened) {
            log::write(
                "startup_failed", {{"listener", listener.name}, {"error", opened.error().what}}
            );
            exit_code = exit_code_of(opened.error());
            return false;
        }
    }
    if (!open_http(exit_code)) {
        return false;
    }
    for (const std::string& name : sockets_.close_leftovers()) {
        log::write("socket_unused", {{"name", name}});
    }
    return true;
}

bool Application::open_http(int& exit_code) {
    const config::HttpOptions& options = config().http;
    if (options.addresses.empty()) {
        return true;
    }
    const admin::DaemonControl& daemon = *this;
    http_api_ = std::make_unique<admin::HttpApi>(*server_, daemon, *admin_actions_, options.hosts);
    http_ = std::make_unique<http::Server>(control_, [this](const http::Request& request) {
        return http_api_->handle(request);
    });
    net::ListenOptions listen;
    listen.file.mode = options.mode;
    for (const net::Address& address : options.addresses) {
        const sd::Place place{std::string(kHttpPlace), address};
        auto sockets = sockets_.open(place, listen, 1);
        if (!sockets) {
            log::write("startup_failed", {{"listener", "http"}, {"error", sockets.error().what}});
            exit_code = exit_code_of(sockets.error());
            return false;
        }
        for (const net::Bound& socket : *sockets) {
            if (const auto fault = http::fault_of(socket)) {
                log::write(
                    "startup_failed",
                    {{"listener", "http"}, {"address", net::to_string(address)}, {"error", *fault}}
                );
                exit_code = EX_CONFIG;
                return false;
            }
        }
        sockets_.keep(place, *sockets);
        for (net::Bound& socket : *sockets) {
            http_addresses_.push_back(net::to_string(socket.actual));
            http_->serve(std::move(socket));
        }
    }
    return true;
}

}  // namespace telex::app
