#include "protocols/nats/server_info.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>

namespace telex::session::nats {

namespace {

// Clients read it as a signed number of 32 bits.
std::size_t max_payload_of(const ServerInfo& info) {
    constexpr std::size_t kMax = std::numeric_limits<std::int32_t>::max();
    return std::min(info.max_payload, kMax);
}

}  // namespace

// A pre-release of semantic versions may have letters, digits, '-' and '.' only.
std::string announced_version(std::string_view server_version) {
    std::string version = fmt::format("{}-telex{}", kServedLevel, server_version);
    std::replace_if(
        version.begin(),
        version.end(),
        [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '.';
        },
        '-'
    );
    return version;
}

std::string write_info(const ServerInfo& info) {
    nlohmann::ordered_json json{
        {"server_id", info.server_name},
        {"server_name", info.server_name},
        {"version", announced_version(info.server_version)},
        {"proto", 1},
        {"headers", true},
        {"max_payload", max_payload_of(info)},
        {"client_id", std::strtoull(std::string(info.client_id).c_str(), nullptr, 10)},
        {"client_ip", info.client_ip},
    };
    if (info.auth_required) {
        json["auth_required"] = true;
    }
    if (!info.nonce.empty()) {
        json["nonce"] = info.nonce;
    }
    if (info.tls_required) {
        json["tls_required"] = true;
        json["tls_available"] = true;
    }
    if (info.lame_duck) {
        json["ldm"] = true;
    }
    constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
    return "INFO " + json.dump(-1, ' ', false, kReplace);
}

}  // namespace telex::session::nats
