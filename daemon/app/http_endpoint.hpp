#pragma once
// The HTTP interface of the daemon: its sockets, and the API that they serve.
//
// Owner and thread: the application's.
#include "admin/http_api.hpp"
#include "config/config.hpp"
#include "http/server.hpp"
#include "sd/socket_store.hpp"

#include <asio/io_context.hpp>

#include <string>
#include <vector>

namespace telex::app {

class HttpEndpoint {
public:
    // Throws std::system_error. All but `options` outlive it.
    HttpEndpoint(
        asio::io_context& control,
        server::Server& server,
        const admin::DaemonControl& daemon,
        admin::AdminActions& actions,
        const config::HttpOptions& options
    );

    // Where the sockets of these addresses are kept.
    static std::vector<sd::Place> places(const config::HttpOptions& options);

    // Serves all addresses. Logs why it cannot, and then returns the exit code of the process;
    // EX_OK otherwise.
    [[nodiscard]] int open(const config::HttpOptions& options, sd::SocketStore& store);

    // As bound.
    const std::vector<std::string>& addresses() const { return addresses_; }

private:
    admin::HttpApi api_;
    http::Server server_;
    std::vector<std::string> addresses_;
};

}  // namespace telex::app
