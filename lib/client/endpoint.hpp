#pragma once
// Where a client connects: the addresses in ClientOptions::servers, or the default ones.
#include "net/address.hpp"
#include <telex/error.hpp>

#include <string>
#include <vector>

namespace telex::client {

struct Endpoint {
    std::string url;  // as written
    net::Address address;
    bool tls = false;
    // A default server, not configured: see server_trust.hpp.
    bool is_default = false;
};

// Parses `urls`, or default_servers() if empty. HOST and HOST:PORT are TCP, /PATH is a unix socket,
// and the port defaults to 4650. Errors: invalid_argument.
[[nodiscard]] Expected<std::vector<Endpoint>> parse_servers(const std::vector<std::string>& urls);

}  // namespace telex::client
