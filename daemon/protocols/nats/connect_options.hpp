#pragma once
// The options of a client, from CONNECT. Pure function.
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session::nats {

// The defaults hold for a client that sends no CONNECT, and for fields that it leaves out.
struct ConnectOptions {
    bool verbose = true;
    bool pedantic = true;
    bool echo = true;
    bool headers = false;
    bool no_responders = false;
    std::int64_t protocol = 0;
    std::string name;
    std::string language;
    std::string version;

    // Credentials; empty where there are none.
    std::string user;
    std::string password;
    std::string token;
    std::string nkey;
    std::string signature;
    std::string jwt;
};

// `text` is the argument of CONNECT. Unknown fields are ignored. The error is one line for the log.
[[nodiscard]] Result<ConnectOptions, std::string> parse_connect(std::string_view text);

}  // namespace telex::session::nats
