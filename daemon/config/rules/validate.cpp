#include "config/rules/validate.hpp"

#include "base/units.hpp"
#include "config/keys/account_reader.hpp"
#include "config/keys/address_text.hpp"
#include "config/keys/stream_reader.hpp"
#include "config/keys/tls_keys.hpp"
#include "config/keys/user_reader.hpp"
#include "config/parse/value_error.hpp"
#include "config/rules/listener_rules.hpp"
#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <map>

namespace telex::config {

namespace {

// The address that two listeners cannot share. Returns nothing for port 0, which differs each time.
std::optional<std::string> identity_of(const net::Address& address) {
    if (picks_port(address)) {
        return std::nullopt;
    }
    // A path names one file, for every type of socket.
    if (net::is_unix(address.transport) && !address.abstract) {
        return address.path;
    }
    return net::to_string(address);
}

std::string location(std::string_view where, const Origins& origins) {
    return fmt::format("{} (line {})", where, origins.value_of(where).line);
}

void check_names(const Config& config, const Origins& origins, Report& report) {
    std::map<std::string, std::string> seen;
    for (std::size_t i = 0; i < config.listeners.size(); ++i) {
        const std::string where = join(item("listeners", i), "name");
        if (!origins.given(where) || !origins.good(where)) {
            continue;
        }
        const auto [first, is_new] = seen.emplace(config.listeners[i].name, where);
        if (!is_new) {
            value_error(
                where,
                fmt::format(
                    "'{}' is the name of another listener, {}",
                    config.listeners[i].name,
                    location(first->second, origins)
                ),
                origins,
                report
            );
        }
    }
}

// Paths in the configuration by the address that they listen on.
using TakenAddresses = std::map<std::string, std::string>;

void check_addresses(
    const std::string& key,
    const std::vector<net::Address>& addresses,
    TakenAddresses& taken,
    const Origins& origins,
    Report& report
) {
    // After an address with an error, the others cannot be matched with their positions.
    if (!origins.good(key)) {
        return;
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const std::string element = item(key, i);
        const std::string where = origins.given(element) ? element : key;
        const auto identity = identity_of(addresses[i]);
        if (!identity) {
            continue;
        }
        const auto [first, is_new] = taken.emplace(*identity, where);
        if (!is_new) {
            value_error(
                where,
                fmt::format(
                    "{} is already used by {}",
                    net::to_string(addresses[i]),
                    location(first->second, origins)
                ),
                origins,
                report
            );
        }
    }
}

void check_addresses(const Config& config, const Origins& origins, Report& report) {
    TakenAddresses taken;
    for (std::size_t i = 0; i < config.listeners.size(); ++i) {
        const std::string key = join(item("listeners", i), "address");
        check_addresses(key, config.listeners[i].addresses, taken, origins, report);
    }
    check_addresses("http.address", config.http.addresses, taken, origins, report);
}

void check_budget(
    const Config& config, const ListenerView& listener, const Origins& origins, Report& report
) {
    constexpr std::string_view kKey = "slow_consumer.max_pending";
    const std::size_t pending = listener.options.slow_consumer.max_pending_bytes;
    if (!listener.good(kKey) || !origins.good("server.memory_budget") ||
        pending <= config.server.exchange.memory_budget_bytes) {
        return;
    }
    // Reported at the key that the file has.
    const std::string where =
        listener.given(kKey) ? listener.at(kKey) : std::string("server.memory_budget");
    report.error(
        origins.value_of(where),
        fmt::format(
            "{}: max_pending of one connection ({}) exceeds server.memory_budget ({})",
            where,
            origins.shown(listener.at(kKey), format_size(pending)),
            origins.shown(
                "server.memory_budget", format_size(config.server.exchange.memory_budget_bytes)
            )
        )
    );
}

}  // namespace

void validate(
    const Config& config, const Environment& environment, const Origins& origins, Report& report
) {
    check_names(config, origins, report);
    check_addresses(config, origins, report);
    check_users(config, origins, report);
    check_accounts(config, origins, report);
    check_streams(config, origins, report);
    for (std::size_t i = 0; i < config.listeners.size(); ++i) {
        const std::string path = item("listeners", i);
        const ListenerView listener{config.listeners[i], path, origins};
        if (!origins.good(path)) {
            continue;
        }
        check_sockets(listener, report);
        const auto* const protocol = session::find_protocol(listener.options.protocol);
        if (protocol != nullptr && listener.good("protocol")) {
            check_protocol(listener, *protocol, report);
        }
        check_tls(listener, environment, report);
        check_listener_user(config, listener, report);
        check_limits(listener, report);
        check_budget(config, listener, origins, report);
    }
}

}  // namespace telex::config
