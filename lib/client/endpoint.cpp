#include "client/endpoint.hpp"

#include <telex/options.hpp>

#include <unistd.h>

#include <cstdlib>

namespace telex {

std::vector<std::string> default_servers() {
    std::vector<std::string> servers;
    const auto add_folder = [&servers](const char* variable, std::string_view folder) {
        const char* value = std::getenv(variable);
        if (value != nullptr && *value == '/') {
            servers.push_back("unix://" + std::string(value) + std::string(folder) + "/telex.sock");
        }
    };
    add_folder("RUNTIME_DIRECTORY", "");
    add_folder("XDG_RUNTIME_DIR", "/telex");
    servers.push_back("unix:///tmp/telex-" + std::to_string(::getuid()) + "/telex.sock");
    servers.emplace_back("tcp://127.0.0.1:4650");
    return servers;
}

namespace client {
namespace {

constexpr std::string_view kTls = "tls://";
constexpr std::string_view kTcp = "tcp://";

}  // namespace

Expected<std::vector<Endpoint>> parse_servers(const std::vector<std::string>& urls) {
    std::vector<Endpoint> endpoints;
    for (const std::string& url : urls) {
        const bool tls = url.starts_with(kTls);
        auto address = net::parse_address(tls ? std::string(kTcp) + url.substr(kTls.size()) : url);
        if (!address) {
            return tl::unexpected(Error{Errc::invalid_argument, url + ": " + address.error()});
        }
        if (address->transport != net::Transport::tcp &&
            address->transport != net::Transport::unix_stream) {
            return tl::unexpected(Error{
                Errc::invalid_argument,
                url + ": a client connects to tcp://host:port, tls://host:port, unix:///path or "
                      "unix:@name"
            });
        }
        if (address->transport == net::Transport::tcp &&
            (address->host == "*" || address->port == 0)) {
            return tl::unexpected(
                Error{Errc::invalid_argument, url + ": a client needs one host and one port"}
            );
        }
        endpoints.push_back({url, *std::move(address), tls});
    }
    return endpoints;
}

}  // namespace client
}  // namespace telex
