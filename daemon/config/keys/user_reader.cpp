#include "config/keys/user_reader.hpp"

#include "config/keys/mapping.hpp"
#include "config/keys/user_keys.hpp"
#include "net/peer.hpp"

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
    if (!reader.has_value(node, path) || !reader.is_mapping(node, path)) {
        return user;
    }
    read_mapping(user, user_keys(), node, path, reader);
    const std::string where = join(path, "name");
    if (!reader.origins().given(where)) {
        reader.error(node.at, where, "is missing; every user needs it");
    }
    return user;
}

// What one of the users has already, by how it is written in a message.
class Taken {
public:
    Taken(const Origins& origins, Report& report) : origins_(origins), report_(report) {}

    void add(const std::string& what, const std::string& where) {
        const auto [first, is_new] = first_.emplace(what, where);
        if (!is_new) {
            report_.error(
                origins_.value_of(where),
                fmt::format(
                    "{}: {} is taken already by {} (line {})",
                    where,
                    what,
                    first->second,
                    origins_.value_of(first->second).line
                )
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
            const std::string where = join(path, "listeners");
            report.error(
                origins.value_of(where), fmt::format("{}: '{}' is none of 'listeners'", where, name)
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
                fmt::format("{}.deny: has no effect without 'allow': nothing is allowed", where)
            );
        }
    }
    check_listeners_of(config, user, path, origins, report);
    // A key that was given wrongly has its own message.
    constexpr std::array<std::string_view, 6> kMarks{
        "unix_users", "unix_groups", "certificates", "password", "tokens", "keys"
    };
    const bool recognised = std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view key) {
        return origins.given(join(path, key)) || !origins.good(join(path, key));
    });
    if (!recognised && !is_used(config, user)) {
        refuse(
            "nobody can be this user: it has neither unix_users, unix_groups, certificates, "
            "password, tokens nor keys, and no listener names it"
        );
    }
}

// A client that comes by TCP can say who it is.
bool can_say_who(
    const Config& config, const net::Address& address, const server::ListenerOptions& listener
) {
    const bool secrets = listener.tls || listener.plaintext_secrets ||
                         net::is_loopback(address.host) || address.host == "localhost";
    return listener.protocol != "raw" &&
           std::any_of(config.users.begin(), config.users.end(), [&](const User& user) {
               return !user.keys.empty() || (secrets && user.has_secret());
           });
}

// A peer of this address can be recognised.
bool tells_who(
    const Config& config, const net::Address& address, const server::ListenerOptions& listener
) {
    switch (address.transport) {
        case Transport::unix_stream:
        case Transport::unix_seqpacket:
            return true;
        case Transport::tcp:
            return can_say_who(config, address, listener) ||
                   (listener.tls && !listener.tls->context.client_ca.empty());
        case Transport::systemd:  // found out at the start
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
    if (node.kind != Node::Kind::list || node.items.empty()) {
        reader.error(node.at, path, "must be a list with at least one user");
        return users;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const std::string where = item(path, i);
        reader.origins().set(where, node.items[i].at, node.items[i].at);
        users.push_back(read_user(node.items[i], where, reader));
    }
    return users;
}

void check_users(const Config& config, const Origins& origins, Report& report) {
    Taken taken(origins, report);
    for (std::size_t i = 0; i < config.users.size(); ++i) {
        const User& user = config.users[i];
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
        const std::string where = listener.at(key);
        report.error(listener.origins.value_of(where), fmt::format("{}: {}", where, message));
    };
    if (!options.user.empty()) {
        const bool known =
            std::any_of(config.users.begin(), config.users.end(), [&](const User& user) {
                return user.name == options.user;
            });
        if (!known && listener.origins.good("users")) {
            refuse("user", fmt::format("'{}' is none of 'users'", options.user));
        }
        for (const User& user : config.users) {
            if (user.name == options.user && !user.may_use(options.name)) {
                refuse("user", fmt::format("'{}' may not use this listener", options.user));
            }
        }
        return;
    }
    if (config.users.empty() || !listener.good("address")) {
        return;
    }
    for (const net::Address& address : options.addresses) {
        if (!tells_who(config, address, options)) {
            refuse(
                "address",
                fmt::format(
                    "{}: there are 'users', and nobody can be recognised here; give 'user'{}",
                    net::to_string(address),
                    address.transport == Transport::tcp ? " or 'tls'" : ""
                )
            );
            return;
        }
    }
}

}  // namespace telex::config
