#include "app/http_endpoint.hpp"

#include "app/exit_codes.hpp"
#include "http/socket_rules.hpp"
#include "log/log.hpp"

#include <sysexits.h>

#include <utility>

namespace telex::app {

HttpEndpoint::HttpEndpoint(
    asio::io_context& control,
    server::Server& server,
    const admin::DaemonControl& daemon,
    admin::AdminActions& actions,
    const config::HttpOptions& options
)
    : api_(server, daemon, actions, options.hosts),
      server_(control, [this](const http::Request& request) { return api_.handle(request); }) {}

std::vector<sd::Place> HttpEndpoint::places(const config::HttpOptions& options) {
    std::vector<sd::Place> places;
    places.reserve(options.addresses.size());
    for (const net::Address& address : options.addresses) {
        places.push_back({"$http", address});  // not a valid name of a listener
    }
    return places;
}

int HttpEndpoint::open(const config::HttpOptions& options, sd::SocketStore& store) {
    net::ListenOptions listen;
    listen.file.mode = options.mode;
    for (const sd::Place& place : places(options)) {
        auto sockets = store.open(place, listen, 1);
        if (!sockets) {
            log::write("startup_failed", {{"listener", "http"}, {"error", sockets.error().what}});
            return exit_code_of(sockets.error());
        }
        for (const net::Bound& socket : *sockets) {
            if (const auto fault = http::fault_of(socket)) {
                log::write(
                    "startup_failed",
                    {{"listener", "http"},
                     {"address", net::to_string(place.address)},
                     {"error", *fault}}
                );
                return EX_CONFIG;
            }
        }
        store.keep(place, *sockets);
        for (net::Bound& socket : *sockets) {
            addresses_.push_back(net::to_string(socket.actual));
            server_.serve(std::move(socket));
        }
    }
    return EX_OK;
}

}  // namespace telex::app
