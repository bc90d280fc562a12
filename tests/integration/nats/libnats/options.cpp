#include "options.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace telex::nats_harness {
namespace {

void require(natsStatus status) {
    if (status != NATS_OK) {
        throw std::runtime_error(natsStatus_GetText(status));
    }
}

void set_servers(natsOptions* options, const Json& arguments) {
    const auto servers = arguments["servers"].get<std::vector<std::string>>();
    std::vector<const char*> texts;
    texts.reserve(servers.size());
    for (const std::string& server : servers) {
        texts.push_back(server.c_str());
    }
    require(natsOptions_SetServers(options, texts.data(), static_cast<int>(texts.size())));
}

void set_credentials(natsOptions* options, const Json& arguments) {
    if (arguments.contains("user")) {
        const std::string user = arguments["user"];
        const std::string password = arguments["password"];
        require(natsOptions_SetUserInfo(options, user.c_str(), password.c_str()));
    }
    if (arguments.contains("token")) {
        require(natsOptions_SetToken(options, arguments["token"].get<std::string>().c_str()));
    }
    if (arguments.contains("nkey")) {
        const std::string key = arguments["nkey"];
        const std::string seed_file = arguments["seed_file"];
        require(natsOptions_SetNKeyFromSeed(options, key.c_str(), seed_file.c_str()));
    }
}

void set_tls(natsOptions* options, const Json& tls) {
    require(natsOptions_SetSecure(options, true));
    if (tls.contains("ca_file")) {
        const std::string file = tls["ca_file"];
        require(natsOptions_LoadCATrustedCertificates(options, file.c_str()));
    }
    if (tls.contains("certificate_file")) {
        const std::string certificate = tls["certificate_file"];
        const std::string key = tls["key_file"];
        require(natsOptions_LoadCertificatesChain(options, certificate.c_str(), key.c_str()));
    }
}

void set_flags(natsOptions* options, const Json& arguments) {
    require(natsOptions_SetNoEcho(options, arguments.value("no_echo", false)));
    require(natsOptions_SetVerbose(options, arguments.value("verbose", false)));
    require(natsOptions_SetPedantic(options, arguments.value("pedantic", false)));
    require(natsOptions_UseOldRequestStyle(options, arguments.value("old_requests", false)));
}

void set_times(natsOptions* options, const Json& arguments) {
    // The daemon of a test may take seconds for a handshake; the default is 2 s.
    require(natsOptions_SetTimeout(options, milliseconds_of(arguments, "timeout", 30)));
    require(natsOptions_SetReconnectWait(options, 20));
    require(natsOptions_SetReconnectJitter(options, 5, 5));
    require(natsOptions_SetMaxReconnect(options, arguments.value("max_reconnects", 10'000)));
    require(natsOptions_SetMaxPingsOut(options, arguments.value("max_pings_out", 2)));
    require(natsOptions_SetPingInterval(options, milliseconds_of(arguments, "ping_interval", 120)));
}

}  // namespace

std::int64_t milliseconds_of(const Json& arguments, const char* name, double otherwise) {
    return static_cast<std::int64_t>(1000 * arguments.value(name, otherwise));
}

Options options_of(const Json& arguments) {
    natsOptions* created = nullptr;
    require(natsOptions_Create(&created));
    Options options(created);
    require(natsOptions_SetName(created, arguments["client"].get<std::string>().c_str()));
    set_servers(created, arguments);
    set_credentials(created, arguments);
    set_flags(created, arguments);
    set_times(created, arguments);
    if (arguments.contains("tls")) {
        set_tls(created, arguments["tls"]);
    }
    return options;
}

}  // namespace telex::nats_harness
