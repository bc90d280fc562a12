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
constexpr std::string_view kForms =
    "a client connects to tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH or unix:@NAME";

Error no_address(const std::string& url, std::string_view why) {
    return {Errc::invalid_argument, url + ": " + std::string(why)};
}

}  // namespace

Expected<std::vector<Endpoint>> parse_servers(const std::vector<std::string>& urls) {
    std::vector<Endpoint> endpoints;
    for (const std::string& url : urls) {
        const bool tls = url.starts_with(kTls);
        const std::string plain = tls ? std::string(kTcp) + url.substr(kTls.size()) : url;
        if (!net::has_scheme(plain)) {
            return tl::unexpected(no_address(url, kForms));
        }
        auto address = net::parse_address(plain);
        if (!address) {
            return tl::unexpected(no_address(url, address.error()));
        }
        if (address->transport != net::Transport::tcp &&
            address->transport != net::Transport::unix_stream) {
            return tl::unexpected(no_address(url, kForms));
        }
        if (address->transport == net::Transport::tcp &&
            (address->host == "*" || address->port == 0)) {
            return tl::unexpected(no_address(url, "a client needs one host and one port"));
        }
        endpoints.push_back({url, *std::move(address), tls});
    }
    return endpoints;
}

}  // namespace client
}  // namespace telex
