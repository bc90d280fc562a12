#include "client/endpoint.hpp"

#include "client/server_trust.hpp"
#include <telex/options.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace telex {
namespace {

std::string socket_in(const std::string& folder) {
    return "unix://" + folder + "/telex.sock";
}

// Returns the absolute path in a variable, without a trailing slash; the first entry of a list.
// Empty if unset. A program with more rights than its caller ignores the variable.
std::string folder_from(const char* variable) {
    const char* const value = ::secure_getenv(variable);
    std::string_view folder = value == nullptr ? "" : value;
    if (!folder.starts_with('/')) {
        return {};
    }
    folder = folder.substr(0, folder.find(':'));
    while (folder.size() > 1 && folder.ends_with('/')) {
        folder.remove_suffix(1);
    }
    return std::string(folder);
}

}  // namespace

std::vector<std::string> default_servers() {
    std::vector<std::string> servers;
    if (const std::string unit = folder_from("RUNTIME_DIRECTORY"); !unit.empty()) {
        servers.push_back(socket_in(unit));
    }
    if (const std::string session = folder_from("XDG_RUNTIME_DIR"); !session.empty()) {
        servers.push_back(socket_in(session + "/telex"));
    }
    servers.push_back(socket_in("/tmp/telex-" + std::to_string(::geteuid())));
    const std::string of_service = socket_in(std::string(client::kServiceFolder));
    if (servers.front() != of_service) {
        servers.push_back(of_service);
    }
    servers.emplace_back("tcp://127.0.0.1:4650");
    return servers;
}

namespace client {
namespace {

constexpr std::string_view kTls = "tls://";
constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kDefaultPort = ":4650";
constexpr std::string_view kForms =
    "a client connects to HOST, HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH or "
    "unix:@NAME";

// Without the address, which may contain a secret.
constexpr std::string_view kNoCredentials =
    "a server has an '@': credentials do not belong into an address; name their file with "
    "TELEX_CREDENTIALS, or with --password-file or --token-file of the tool";

Error no_address(const std::string& url, std::string_view why) {
    return {Errc::invalid_argument, url + ": " + std::string(why)};
}

// Adds what was left out of HOST:PORT: the brackets of an IPv6 address, the port.
std::string with_port(std::string_view host) {
    const bool bracketed = host.starts_with('[');
    const auto colons = std::count(host.begin(), host.end(), ':');
    std::string full(host);
    if (!bracketed && colons > 1) {
        return "[" + full + "]" + std::string(kDefaultPort);
    }
    const bool has_port = bracketed ? !host.ends_with(']') : colons == 1;
    return has_port ? full : full.append(kDefaultPort);
}

// The URL of a server that may be written as HOST, HOST:PORT or /PATH. "tls://" is kept.
std::string full_url(const std::string& server) {
    if (server.starts_with('/')) {
        return "unix://" + server;
    }
    for (const std::string_view scheme : {kTcp, kTls}) {
        if (server.starts_with(scheme) && server.size() > scheme.size()) {
            return std::string(scheme) + with_port(server.substr(scheme.size()));
        }
    }
    const bool is_host = !server.empty() && server.find("://") == std::string::npos &&
                         !server.starts_with("unix:") && !server.starts_with("systemd:");
    return is_host ? std::string(kTcp) + with_port(server) : server;
}

[[nodiscard]] Expected<Endpoint> parse_server(const std::string& url) {
    const std::string full = full_url(url);
    const bool tls = full.starts_with(kTls);
    const std::string plain = tls ? std::string(kTcp) + full.substr(kTls.size()) : full;
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
    if (address->transport == net::Transport::tcp && (address->host == "*" || address->port == 0)) {
        return tl::unexpected(no_address(url, "a client needs one host and one port"));
    }
    return Endpoint{.url = url, .address = *std::move(address), .tls = tls};
}

}  // namespace

Expected<std::vector<Endpoint>> parse_servers(const std::vector<std::string>& urls) {
    // Before any is printed: a comma in a password has divided it into two servers.
    if (std::ranges::any_of(urls, net::has_user_info)) {
        return tl::unexpected(Error{Errc::invalid_argument, std::string(kNoCredentials)});
    }
    std::vector<Endpoint> endpoints;
    for (const std::string& url : urls.empty() ? default_servers() : urls) {
        auto endpoint = parse_server(url);
        if (!endpoint) {
            return tl::unexpected(std::move(endpoint.error()));
        }
        endpoint->is_default = urls.empty();
        endpoints.push_back(*std::move(endpoint));
    }
    return endpoints;
}

}  // namespace client
}  // namespace telex
