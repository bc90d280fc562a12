// Server: how a listener is opened: its sockets, its settings, and who serves it.
#include "server/server.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <utility>

namespace telex::server {

Result<std::vector<net::Bound>, net::SystemError> Server::bind(
    const net::Address& address, const ListenerOptions& options, sd::PassedSockets& passed
) const {
    net::ListenOptions listen;
    listen.backlog = options.backlog;
    listen.file = {options.mode, options.owner, options.group};
    return sd::take_or_open(address, listen, options_.reactors, passed);
}

Result<tls::ContextPtr, net::SystemError> Server::secure(
    const ListenerOptions& options, const std::vector<net::Bound>& sockets
) {
    const std::string where = "listener '" + options.name + "', tls";
    for (const net::Bound& socket : sockets) {
        if (socket.actual.transport != net::Transport::tcp) {
            return unexpected(
                net::system_error(EPROTOTYPE, where, net::to_string(socket.actual) + " is not tcp")
            );
        }
    }
    auto context = tls::make_server_context(options.tls->context);
    if (!context) {
        return unexpected(net::system_error(EINVAL, where, context.error()));
    }
    return *std::move(context);
}

Result<ListenerSettingsPtr, net::SystemError> Server::make_settings(
    ListenerOptions options, const std::vector<net::Bound>& sockets
) const {
    const session::Protocol* protocol = session::find_protocol(options.protocol);
    if (protocol == nullptr) {
        return unexpected(
            net::system_error(EINVAL, "listener '" + options.name + "'", "unknown protocol")
        );
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

Result<Server::Prepared, net::SystemError> Server::prepare(
    ListenerOptions options, sd::PassedSockets& passed
) const {
    Prepared prepared;
    for (const net::Address& address : options.addresses) {
        auto bound = bind(address, options, passed);
        if (!bound) {
            return unexpected(std::move(bound.error()));
        }
        std::move(bound->begin(), bound->end(), std::back_inserter(prepared.sockets));
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
    const ListenerOptions& options, const std::vector<net::Bound>& sockets
) const {
    const bool datagrams =
        std::any_of(sockets.begin(), sockets.end(), [](const net::Bound& socket) {
            return net::is_datagram(socket.actual.transport);
        });
    const std::string where = "listener '" + options.name + "'";
    if (datagrams && options.session.raw.subscribe) {
        return net::system_error(
            EPROTOTYPE, where, "datagram peers cannot subscribe: their addresses are not proved"
        );
    }
    if (datagrams && doorkeeper_ && options.user.empty()) {
        return net::system_error(
            EPROTOTYPE,
            where,
            "there are users, and datagram peers are nobody in particular: give it a 'user'"
        );
    }
    return std::nullopt;
}

void Server::serve(Prepared prepared) {
    listeners_.push_back(
        std::make_unique<ListenerState>(std::move(prepared.settings), doorkeeper_.get())
    );
    ListenerState& listener = *listeners_.back();
    std::set<std::string> addresses;
    for (const net::Bound& socket : prepared.sockets) {
        addresses.insert(net::to_string(socket.actual));
    }
    listener.bound_addresses.assign(addresses.begin(), addresses.end());
    for (net::Bound& socket : prepared.sockets) {
        const bool shared = !net::is_unix(socket.actual.transport) && prepared.sockets.size() > 1;
        const unsigned reactor = (shared ? socket.slot : next_single_++) % options_.reactors;
        Worker& worker = *worker_storage_[reactor];
        if (running_) {
            on_one(worker, [&] { worker.serve(listener, std::move(socket)); });
        } else {
            worker.serve(listener, std::move(socket));
        }
    }
}

Result<void, net::SystemError> Server::open(ListenerOptions options, sd::PassedSockets& passed) {
    auto prepared = prepare(std::move(options), passed);
    if (!prepared) {
        return unexpected(std::move(prepared.error()));
    }
    serve(*std::move(prepared));
    return {};
}

}  // namespace telex::server
