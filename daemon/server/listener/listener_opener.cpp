#include "server/listener/listener_opener.hpp"

#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace telex::server {

namespace {

// Returns a socket whose transport matches, or null.
template <class Predicate>
const net::Bound* find_socket(const std::vector<BoundSockets>& all, Predicate is_such) {
    for (const auto& sockets : all) {
        for (const net::Bound& socket : sockets) {
            if (is_such(socket.actual.transport)) {
                return &socket;
            }
        }
    }
    return nullptr;
}

bool keeps_packets(net::Transport transport) {
    return net::is_datagram(transport) || transport == net::Transport::unix_seqpacket;
}

// Returns why the protocol cannot use these sockets. The configuration was checked when it was
// loaded, except for the kind of sockets that systemd passes.
std::optional<std::string> check_protocol(
    const ListenerOptions& options,
    const session::Protocol& protocol,
    const std::vector<BoundSockets>& sockets
) {
    if (!protocol.can.packets && find_socket(sockets, keeps_packets) != nullptr) {
        return fmt::format("protocol {} needs a byte stream", protocol.name);
    }
    if (options.proxy_protocol && find_socket(sockets, keeps_packets) != nullptr) {
        return "proxy_protocol needs a byte stream";
    }
    if (options.websocket && find_socket(sockets, keeps_packets) != nullptr) {
        return "websocket needs a byte stream";
    }
    const auto is_seqpacket = [](net::Transport transport) {
        return transport == net::Transport::unix_seqpacket;
    };
    if (options.split_packets && find_socket(sockets, is_seqpacket) != nullptr) {
        return "packets of a seqpacket socket cannot be split";
    }
    if (protocol.check_listener == nullptr) {
        return std::nullopt;
    }
    const auto errors = protocol.check_listener({
        .options = options.session,
        .datagrams = find_socket(sockets, net::is_datagram) != nullptr,
        .given = [](std::string_view) { return false; },
        .good = [](std::string_view) { return true; },
    });
    return errors.empty() ? std::nullopt : std::optional(errors.front().text);
}

[[nodiscard]] Result<tls::ContextPtr, net::SystemError> secure(
    const ListenerOptions& options, const std::vector<BoundSockets>& sockets
) {
    const std::string where = "listener '" + options.name + "', tls";
    const net::Bound* const other =
        find_socket(sockets, [](auto transport) { return transport != net::Transport::tcp; });
    if (other != nullptr) {
        return unexpected(
            net::system_error(EPROTOTYPE, where, net::to_string(other->actual) + " is not tcp")
        );
    }
    auto context = tls::make_server_context(options.tls->context);
    if (!context) {
        return unexpected(net::system_error(EINVAL, where, context.error()));
    }
    return *std::move(context);
}

// If there are users. The configuration checked it, except for the sockets that systemd passes.
std::optional<net::SystemError> fault_of_datagrams(
    const ListenerOptions& options, const std::vector<BoundSockets>& sockets
) {
    const bool datagrams = find_socket(sockets, net::is_datagram) != nullptr;
    const std::string where = "listener '" + options.name + "'";
    if (datagrams && options.user.empty()) {
        return net::system_error(
            EPROTOTYPE,
            where,
            "datagram peers cannot authenticate, and there are users: requires 'user'"
        );
    }
    return std::nullopt;
}

}  // namespace

Result<BoundSockets, net::SystemError> ListenerOpener::bind(
    const net::Address& address, const ListenerOptions& options, net::UnixLockPtr lock
) const {
    net::ListenOptions listen;
    listen.backlog = options.backlog;
    listen.file = {options.mode, options.owner, options.group, std::move(lock)};
    return sockets_.open({options.name, address}, listen, options_.reactors);
}

Result<ListenerSettingsPtr, net::SystemError> ListenerOpener::make_settings(
    ListenerOptions options, const std::vector<BoundSockets>& sockets
) const {
    const session::Protocol* protocol = session::find_protocol(options.protocol);
    const std::string where = "listener '" + options.name + "'";
    if (protocol == nullptr) {
        return unexpected(net::system_error(EINVAL, where, "unknown protocol"));
    }
    if (const auto wrong = check_protocol(options, *protocol, sockets)) {
        return unexpected(net::system_error(EPROTOTYPE, where, *wrong));
    }
    tls::ContextPtr tls;
    if (options.tls) {
        auto secured = secure(options, sockets);
        if (!secured) {
            return unexpected(std::move(secured.error()));
        }
        tls = *std::move(secured);
    }
    options.session.server_name = options_.name;
    options.session.server_version = options_.version;
    return std::make_shared<const ListenerSettings>(std::move(options), *protocol, std::move(tls));
}

Result<PreparedListener, net::SystemError> ListenerOpener::prepare(ListenerOptions options) const {
    PreparedListener prepared;
    for (const net::Address& address : options.addresses) {
        auto bound = bind(address, options);
        if (!bound) {
            return unexpected(std::move(bound.error()));
        }
        prepared.sockets.push_back(*std::move(bound));
    }
    if (auto fault = fault_of_datagrams(options, prepared.sockets); has_users_ && fault) {
        return unexpected(*std::move(fault));
    }
    auto settings = make_settings(std::move(options), prepared.sockets);
    if (!settings) {
        return unexpected(std::move(settings.error()));
    }
    prepared.settings = *std::move(settings);
    return prepared;
}

}  // namespace telex::server
