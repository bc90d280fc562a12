#include "app/listener_start.hpp"

#include "app/exit_codes.hpp"
#include "app/http_endpoint.hpp"
#include "log/log.hpp"
#include "net/runtime_directory.hpp"
#include "server/server.hpp"

#include <sysexits.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace telex::app {

namespace {

// The service manager allows this much for one listener.
constexpr std::chrono::seconds kStartOfAListener{30};

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

// Drops sockets of an earlier configuration. Invalid ones fail only the listeners that need them.
void ListenerStart::sort_passed_sockets(const config::Config& config) {
    if (!passed_) {
        log::write("sockets_ignored", {{"error", passed_.error()}});
        passed_ = sd::PassedSockets();
    }
    sockets_ = sd::SocketStore(*std::move(passed_), notifier_);
    std::vector<sd::Place> places;
    for (const auto& listener : config.listeners) {
        for (const net::Address& address : listener.addresses) {
            places.push_back({listener.name, address});
        }
    }
    for (sd::Place& place : HttpEndpoint::places(config.http)) {
        places.push_back(std::move(place));
    }
    sockets_.forget_all_but(places);
}

int ListenerStart::prepare(const config::Config& config) {
    sort_passed_sockets(config);
    const std::string directory = net::default_runtime_directory();
    if (!lives_in_runtime_directory(config, directory)) {
        return EX_OK;
    }
    if (const auto ready = net::prepare_runtime_directory(directory); !ready) {
        log::write("startup_failed", {{"error", ready.error().what}});
        return exit_code_of(ready.error());
    }
    return EX_OK;
}

int ListenerStart::open(const config::Config& config, server::Server& server) {
    for (const auto& listener : config.listeners) {
        // Resolving a host name may take long.
        notifier_.status("opening listener " + listener.name);
        notifier_.extend_start(kStartOfAListener);
        if (const auto opened = server.open(listener); !opened) {
            log::write(
                "startup_failed", {{"listener", listener.name}, {"error", opened.error().what}}
            );
            return exit_code_of(opened.error());
        }
    }
    return EX_OK;
}

void ListenerStart::close_leftovers() {
    for (const std::string& name : sockets_.close_leftovers()) {
        log::write("socket_unused", {{"name", name}});
    }
}

}  // namespace telex::app
