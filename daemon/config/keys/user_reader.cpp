#include "config/keys/user_reader.hpp"

#include "config/keys/mapping.hpp"
#include "config/keys/user_keys.hpp"
#include "config/parse/value_error.hpp"
#include "net/peer.hpp"
#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace telex::config {

namespace {

using access::User;
using net::Transport;

User read_user(const Node& node, const std::string& path, Reader& reader) {
    User user;
    if (has_shape(node, path, SectionKind{}, reader)) {
        read_mapping(user, user_keys(), node, path, reader);
    }
    return user;
}

// Names and credentials that must be unique among users, by their text in messages.
class Taken {
public:
    Taken(const Origins& origins, Report& report) : origins_(origins), report_(report) {}

    void add(const std::string& what, const std::string& where) {
        const auto [first, is_new] = first_.emplace(what, where);
        if (!is_new) {
            value_error(
                where,
                fmt::format(
                    "{} is already used by {} (line {})",
                    what,
                    first->second,
                    origins_.value_of(first->second).line
                ),
                origins_,
                report_
            );
        }
    }

private:
    const Origins& origins_;
    Report& report_;
    std::map<std::string, std::string> first_;
};

bool is_used(const Config& config, const User& user) {
    return std::any_of(
        config.listeners.begin(),
        config.listeners.end(),
        [&](const server::ListenerOptions& listener) { return listener.user == user.name; }
    );
}

void check_listeners_of(
    const Config& config,
    const User& user,
    const std::string& path,
    const Origins& origins,
    Report& report
) {
    for (const std::string& name : user.listeners) {
        const bool known = std::any_of(
            config.listeners.begin(),
            config.listeners.end(),
            [&](const server::ListenerOptions& listener) { return listener.name == name; }
        );
        if (!known && origins.good("listeners")) {
            value_error(
                join(path, "listeners"),
                fmt::format("'{}' is not one of 'listeners'", name),
                origins,
                report
            );
        }
    }
}

void check_user(
    const Config& config,
    const User& user,
    const std::string& path,
    const Origins& origins,
    Report& report
) {
    const auto refuse = [&](std::string_view what) {
        report.error(origins.value_of(path), fmt::format("{}: {}", path, what));
    };
    for (const std::string_view use : {"publish", "subscribe"}) {
        const std::string where = join(path, use);
        if (origins.given(join(where, "deny")) && !origins.given(join(where, "allow"))) {
            report.error(
                origins.value_of(join(where, "deny")),
                fmt::format(
                    "{}.deny: has no effect without 'allow', since nothing is allowed", where
                )
            );
        }
    }
    check_listeners_of(config, user, path, origins, report);
    // A key with an error counts: the error is reported already.
    constexpr std::array<std::string_view, 6> kCredentialKeys{
        "unix_users", "unix_groups", "certificates", "password", "tokens", "keys"
    };
    const bool authenticates =
        std::any_of(kCredentialKeys.begin(), kCredentialKeys.end(), [&](std::string_view key) {
            return origins.given(join(path, key)) || !origins.good(join(path, key));
        });
    if (!authenticates && !is_used(config, user)) {
        refuse(
            "no peer can authenticate as this user; set unix_users, unix_groups, certificates, "
            "password, tokens or keys, or 'user' of a listener"
        );
    }
}

// Returns true if clients can send credentials on this TCP address.
bool takes_credentials(
    const Config& config, const net::Address& address, const server::ListenerOptions& listener
) {
    const bool secrets = listener.tls || listener.plaintext_secrets ||
                         net::is_loopback(address.host) || address.host == "localhost";
    const auto* protocol = session::find_protocol(listener.protocol);
    const auto& users = config.server.users;
    return (protocol == nullptr || protocol->can.has_hello) &&
           std::any_of(users.begin(), users.end(), [&](const User& user) {
               return !user.keys.empty() || (secrets && user.has_secret());
           });
}

// Returns true if peers of this address can authenticate.
bool can_authenticate(
    const Config& config, const net::Address& address, const server::ListenerOptions& listener
) {
    switch (address.transport) {
        case Transport::unix_stream:
        case Transport::unix_seqpacket:
            return true;
        case Transport::tcp:
            return takes_credentials(config, address, listener) ||
                   (listener.tls && !listener.tls->context.client_ca.empty());
        case Transport::systemd:  // known only at start
            return true;
        case Transport::udp:
        case Transport::unix_datagram:
            return false;
    }
    return false;
}

}  // namespace

std::vector<User> read_users(const Node& node, const std::string& path, Reader& reader) {
    std::vector<User> users;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const std::string where = item(path, i);
        reader.origins().set(where, node.items[i].at, node.items[i].at);
        users.push_back(read_user(node.items[i], where, reader));
    }
    return users;
}

void check_users(const Config& config, const Origins& origins, Report& report) {
    Taken taken(origins, report);
    for (std::size_t i = 0; i < config.server.users.size(); ++i) {
        const User& user = config.server.users[i];
        const std::string path = item("users", i);
        if (!origins.good(path)) {
            continue;
        }
        if (!user.name.empty()) {
            taken.add(fmt::format("name '{}'", user.name), join(path, "name"));
        }
        for (const std::uint32_t uid : user.uids) {
            taken.add(fmt::format("uid {}", uid), join(path, "unix_users"));
        }
        for (const std::uint32_t gid : user.gids) {
            taken.add(fmt::format("gid {}", gid), join(path, "unix_groups"));
        }
        for (const auth::Digest& token : user.tokens) {
            taken.add(auth::to_text("sha256", token), join(path, "tokens"));
        }
        for (const auth::PublicKey& key : user.keys) {
            taken.add(auth::to_text("ed25519", key), join(path, "keys"));
        }
        for (const std::string& name : user.certificates) {
            taken.add(fmt::format("certificate '{}'", name), join(path, "certificates"));
        }
        check_user(config, user, path, origins, report);
    }
}

void check_listener_user(const Config& config, const ListenerView& listener, Report& report) {
    const server::ListenerOptions& options = listener.options;
    const auto refuse = [&](std::string_view key, std::string_view message) {
        value_error(listener.at(key), message, listener.origins, report);
    };
    if (!options.user.empty()) {
        const bool known = std::any_of(
            config.server.users.begin(),
            config.server.users.end(),
            [&](const User& user) { return user.name == options.user; }
        );
        if (!known && listener.origins.good("users")) {
            refuse("user", fmt::format("'{}' is not one of 'users'", options.user));
        }
        for (const User& user : config.server.users) {
            if (user.name == options.user && !user.may_use(options.name)) {
                refuse(
                    "user",
                    fmt::format("'{}' may not use this listener; see its 'listeners'", options.user)
                );
            }
        }
        return;
    }
    if (config.server.users.empty() || !listener.good("address")) {
        return;
    }
    for (const net::Address& address : options.addresses) {
        if (!can_authenticate(config, address, options)) {
            refuse(
                "address",
                fmt::format(
                    "{}: no client can authenticate as one of 'users' here; set 'user'{}",
                    net::to_string(address),
                    address.transport == Transport::tcp ? " or 'tls'" : ""
                )
            );
            return;
        }
    }
}

}  // namespace telex::config
