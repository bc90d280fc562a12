#pragma once
// Where a client connects: the stream addresses of ClientOptions::servers, or the default ones.
#include "net/address.hpp"
#include <telex/error.hpp>

#include <string>
#include <vector>

namespace telex::client {

struct Endpoint {
    std::string url;  // as written
    net::Address address;
    bool tls = false;
    // Not named by the program or its user: see server_trust.hpp.
    bool is_default = false;
};

// Returns the servers that `urls` name, or default_servers() when there are none. Errors:
// invalid_argument.
[[nodiscard]] Expected<std::vector<Endpoint>> parse_servers(const std::vector<std::string>& urls);

}  // namespace telex::client
