#pragma once
// Where a client connects: the stream addresses of ClientOptions::servers.
#include "net/address.hpp"
#include <telex/error.hpp>

#include <string>
#include <vector>

namespace telex::client {

struct Endpoint {
    std::string url;  // as written
    net::Address address;
    bool tls = false;
};

// Errors: invalid_argument.
[[nodiscard]] Expected<std::vector<Endpoint>> parse_servers(const std::vector<std::string>& urls);

}  // namespace telex::client
