#pragma once
// The INFO line of the server. Pure function.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session::nats {

// The level of nats-server that is served: clients decide by it what they may use.
inline constexpr std::string_view kServedLevel = "2.9.10";

// Views, used during the call.
struct ServerInfo {
    std::string_view server_name;
    std::string_view server_version;  // of telexd
    std::string_view client_id;       // decimal
    std::string_view client_ip;
    std::string_view nonce;  // empty: keys are not accepted
    std::size_t max_payload = 0;
    bool auth_required = false;
    bool tls_required = false;
    bool lame_duck = false;
};

// The version in INFO, "2.9.10-telex0.3", of the version of telexd.
std::string announced_version(std::string_view server_version);

// Without the line's end.
std::string write_info(const ServerInfo& info);

}  // namespace telex::session::nats
