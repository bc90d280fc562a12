#pragma once
// The configuration of the server as a whole. Plain data with the daemon's defaults: the loader
// fills it, the server reads it.
#include "access/users.hpp"
#include "exchange/exchange_options.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace telex::server {

struct ServerOptions {
    std::string name = "telex";
    std::string version;
    unsigned reactors = 1;  // 1 to router::kMaxReactors
    // How long a reactor polls for work before it sleeps.
    std::chrono::microseconds spin{0};
    exchange::ExchangeOptions exchange;
    std::chrono::milliseconds drain_timeout{10'000};
    std::vector<access::User> users;  // empty: no authentication, no permissions
    std::vector<access::Account> accounts;
};

}  // namespace telex::server
