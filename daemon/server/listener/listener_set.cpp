#include "server/listener/listener_set.hpp"

#include "log/log.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace telex::server {

ListenerState* ListenerSet::find(std::string_view name) const {
    const auto found =
        std::find_if(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
            return listener->settings()->options().name == name;
        });
    return found == listeners_.end() ? nullptr : found->get();
}

v1::ListenerList ListenerSet::list() const {
    v1::ListenerList list;
    for (const auto& listener : listeners_) {
        const ListenerSettingsPtr settings = listener->settings();
        const ListenerOptions& options = settings->options();
        v1::ListenerStatus& status = *list.add_listeners();
        status.set_name(options.name);
        status.set_protocol(options.protocol);
        status.set_framing(options.framing_name);
        status.mutable_addresses()->Assign(
            listener->bound_addresses.begin(), listener->bound_addresses.end()
        );
        status.set_connections(listener->connections());
        status.set_max_connections(options.max_connections);
        status.set_accepted_total(listener->accepted());
        for (std::string& address : listener->unreachable_addresses()) {
            status.add_unreachable_addresses(std::move(address));
        }
        if (settings->tls_context()) {
            status.set_certificate_expires_unix_seconds(
                settings->tls_context()->certificate().not_after
            );
        }
    }
    return list;
}

void ListenerSet::remember_file(
    ListenerState& listener, const net::Address& address, const BoundSockets& sockets
) {
    const auto& guard = sockets.front().guard;
    if (guard) {
        listener.socket_files.push_back({address, guard->file(), guard->path_lock()});
    }
}

void ListenerSet::note_addresses(ListenerState& listener, const std::vector<BoundSockets>& all) {
    std::set<std::string> addresses;
    std::set<std::string> missing;
    for (const BoundSockets& sockets : all) {
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
            "address_missing",
            {{"listener", listener.settings()->options().name}, {"address", address}}
        );
    }
}

void ListenerSet::serve(PreparedListener prepared) {
    listeners_.push_back(
        std::make_unique<ListenerState>(std::move(prepared.settings), authenticator_)
    );
    ListenerState& listener = *listeners_.back();
    const ListenerSettingsPtr settings = listener.settings();
    note_addresses(listener, prepared.sockets);
    const auto count = std::accumulate(
        prepared.sockets.begin(),
        prepared.sockets.end(),
        std::size_t{0},
        [](std::size_t sum, const BoundSockets& sockets) { return sum + sockets.size(); }
    );
    for (std::size_t i = 0; i < prepared.sockets.size(); ++i) {
        const ListenerOptions& options = settings->options();
        sockets_.keep({options.name, options.addresses[i]}, prepared.sockets[i]);
        remember_file(listener, options.addresses[i], prepared.sockets[i]);
        for (net::Bound& socket : prepared.sockets[i]) {
            serve(listener, std::move(socket), count > 1);
        }
    }
}

void ListenerSet::serve(ListenerState& listener, net::Bound socket, bool shared) {
    const bool has_slot = shared && !net::is_unix(socket.actual.transport);
    const std::size_t reactor = (has_slot ? socket.slot : next_single_++) % workers_.size();
    Worker& worker = workers_.at(reactor);
    workers_.on_one(worker, [&] { worker.serve(listener, std::move(socket)); });
}

Result<void, net::SystemError> ListenerSet::serve_all(std::vector<PreparedListener> added) {
    const std::size_t before = listeners_.size();
    try {
        for (PreparedListener& prepared : added) {
            serve(std::move(prepared));
        }
    } catch (const std::system_error& error) {
        std::vector<const ListenerState*> begun;
        for (std::size_t i = before; i < listeners_.size(); ++i) {
            begun.push_back(listeners_[i].get());
        }
        remove(begun);
        return unexpected(net::system_error(error.code().value(), "serve a new listener"));
    }
    return {};
}

void ListenerSet::serve(RemadeSockets remade) {
    ListenerState& listener = *remade.listener;
    workers_.on_all([&](Worker& worker) { worker.stop_serving(listener, remade.address); });
    std::erase_if(listener.socket_files, [&](const SocketFile& file) {
        return file.address == remade.address;
    });
    const ListenerSettingsPtr settings = listener.settings();
    sockets_.keep({settings->options().name, remade.address}, remade.sockets);
    remember_file(listener, remade.address, remade.sockets);
    for (net::Bound& socket : remade.sockets) {
        try {
            serve(listener, std::move(socket), false);
        } catch (const std::system_error& error) {
            // Its file is removed with it, so that the address is reported as unreachable.
            log::write(
                "cannot_serve",
                {{"listener", settings->options().name},
                 {"address", net::to_string(remade.address)},
                 {"error", error.what()}}
            );
        }
    }
}

void ListenerSet::use(ListenerState& listener, ListenerSettingsPtr settings) {
    const ListenerSettingsPtr before = listener.settings();
    const std::string& former = before->options().name;
    const std::string& name = settings->options().name;
    if (former == name) {
        listener.use(std::move(settings));
        return;
    }
    for (const net::Address& address : settings->options().addresses) {
        sockets_.rename({former, address}, {name, address});
    }
    listener.set_former_name(former);
    listener.use(settings);
    workers_.sweep_all([&listener, &name](Worker& worker) { return worker.rename(listener, name); }
    );
}

// Clients that the new users accepted by a former name are authorized again.
void ListenerSet::forget_former_names() {
    bool some = false;
    for (const auto& listener : listeners_) {
        some = some || !listener->former_name().empty();
        listener->set_former_name({});
    }
    if (some) {
        workers_.sweep_all([](Worker& worker) { return worker.reauthorize_users(); });
    }
}

void ListenerSet::remove(const std::vector<const ListenerState*>& gone) {
    for (const ListenerState* const listener : gone) {
        const ListenerSettingsPtr settings = listener->settings();
        for (const net::Address& address : settings->options().addresses) {
            sockets_.give_up({settings->options().name, address});
        }
    }
    workers_.on_all([&gone](Worker& worker) {
        for (const ListenerState* const listener : gone) {
            worker.stop_serving(*listener);
        }
    });
    // A connection between two reactors has arrived by now, unless it left just before: listeners
    // of this reload stay until the next one.
    std::erase_if(removed_, [](const auto& listener) { return !listener->has_clients(); });
    const auto first =
        std::stable_partition(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
            return std::find(gone.begin(), gone.end(), listener.get()) == gone.end();
        });
    std::move(first, listeners_.end(), std::back_inserter(removed_));
    listeners_.erase(first, listeners_.end());
}

void ListenerSet::forget_socket_files() {
    for (const auto& listener : listeners_) {
        listener->socket_files.clear();
    }
}

}  // namespace telex::server
