// Server: how a listener is opened: its sockets, its settings, and who serves it.
#include "log/log.hpp"
#include "protocols/registry/protocols.hpp"
#include "server/server.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <set>
#include <utility>

namespace telex::server {

namespace {

// One whose transport is such; null: there is none.
template <class Predicate>
const net::Bound* find_socket(const std::vector<std::vector<net::Bound>>& all, Predicate is_such) {
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
    const std::vector<std::vector<net::Bound>>& sockets
) {
    if (!protocol.can.packets && find_socket(sockets, keeps_packets) != nullptr) {
        return fmt::format("protocol {} needs a byte stream", protocol.name);
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

}  // namespace

Result<Server::Sockets, net::SystemError> Server::bind(
    const net::Address& address, const ListenerOptions& options, net::UnixLockPtr lock
) const {
    net::ListenOptions listen;
    listen.backlog = options.backlog;
    listen.file = {options.mode, options.owner, options.group, std::move(lock)};
    return sockets_.open({options.name, address}, listen, options_.reactors);
}

Result<tls::ContextPtr, net::SystemError> Server::secure(
    const ListenerOptions& options, const std::vector<Sockets>& sockets
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

Result<ListenerSettingsPtr, net::SystemError> Server::make_settings(
    ListenerOptions options, const std::vector<Sockets>& sockets
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

Result<Server::Prepared, net::SystemError> Server::prepare(ListenerOptions options) const {
    Prepared prepared;
    for (const net::Address& address : options.addresses) {
        auto bound = bind(address, options);
        if (!bound) {
            return unexpected(std::move(bound.error()));
        }
        prepared.sockets.push_back(*std::move(bound));
    }
    if (auto fault = fault_of_datagrams(options, prepared.sockets)) {
        return unexpected(*std::move(fault));
    }
    auto settings = make_settings(std::move(options), prepared.sockets);
    if (!settings) {
        return unexpected(std::move(settings.error()));
    }
    prepared.settings = *std::move(settings);
    return prepared;
}

// The configuration knows the kind of every socket but of those that systemd passes.
std::optional<net::SystemError> Server::fault_of_datagrams(
    const ListenerOptions& options, const std::vector<Sockets>& sockets
) const {
    const bool datagrams = find_socket(sockets, net::is_datagram) != nullptr;
    const std::string where = "listener '" + options.name + "'";
    if (datagrams && authenticator_ && options.user.empty()) {
        return net::system_error(
            EPROTOTYPE,
            where,
            "datagram peers cannot authenticate, and there are users: requires 'user'"
        );
    }
    return std::nullopt;
}

void Server::remember_file(
    ListenerState& listener, const net::Address& address, const Sockets& sockets
) {
    const auto& guard = sockets.front().guard;
    if (guard) {
        listener.socket_files.push_back({address, guard->file(), guard->path_lock()});
    }
}

void Server::serve(Prepared prepared) {
    listeners_.push_back(
        std::make_unique<ListenerState>(std::move(prepared.settings), authenticator_.get())
    );
    ListenerState& listener = *listeners_.back();
    const ListenerSettingsPtr settings = listener.settings();
    std::set<std::string> addresses;
    std::set<std::string> missing;
    std::size_t count = 0;
    for (const Sockets& sockets : prepared.sockets) {
        count += sockets.size();
        for (const net::Bound& socket : sockets) {
            const auto [address, is_new] = addresses.insert(net::to_string(socket.actual));
            if (is_new && socket.is_address_missing) {
                missing.insert(*address);
            }
        }
    }
    listener.bound_addresses.assign(addresses.begin(), addresses.end());
    for (const std::string& address : missing) {
        log::write(
            "address_missing", {{"listener", settings->options().name}, {"address", address}}
        );
    }
    for (std::size_t i = 0; i < prepared.sockets.size(); ++i) {
        const ListenerOptions& options = settings->options();
        sockets_.keep({options.name, options.addresses[i]}, prepared.sockets[i]);
        remember_file(listener, options.addresses[i], prepared.sockets[i]);
        for (net::Bound& socket : prepared.sockets[i]) {
            serve(listener, std::move(socket), count > 1);
        }
    }
}

// `shared`: with others that serve the same listener.
void Server::serve(ListenerState& listener, net::Bound socket, bool shared) {
    const bool has_slot = shared && !net::is_unix(socket.actual.transport);
    const unsigned reactor = (has_slot ? socket.slot : next_single_++) % options_.reactors;
    Worker& worker = *worker_storage_[reactor];
    if (running_) {
        on_one(worker, [&] { worker.serve(listener, std::move(socket)); });
    } else {
        worker.serve(listener, std::move(socket));
    }
}

Result<void, net::SystemError> Server::open(ListenerOptions options) {
    auto prepared = prepare(std::move(options));
    if (!prepared) {
        return unexpected(std::move(prepared.error()));
    }
    serve(*std::move(prepared));
    return {};
}

}  // namespace telex::server
