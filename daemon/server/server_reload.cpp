// Server: a changed configuration. Everything that may fail comes first; then everything is done.
#include "log/log.hpp"
#include "server/listener/certificate_rules.hpp"
#include "server/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <system_error>
#include <utility>

namespace telex::server {

namespace {

std::int64_t unix_now() {
    return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

net::SystemError bad_certificate(const std::string& listener, const std::string& why) {
    return net::system_error(EKEYEXPIRED, "listener '" + listener + "', tls", why);
}

}  // namespace

ListenerState* Server::find_listener(std::string_view name) const {
    const auto found =
        std::find_if(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
            return listener->settings()->options().name == name;
        });
    return found == listeners_.end() ? nullptr : found->get();
}

Result<void, net::SystemError> Server::plan_files(
    ListenerState& listener, const ListenerOptions& options, Plan& plan
) const {
    for (const SocketFile& file : listener.socket_files) {
        if (!file.is_lost()) {
            continue;
        }
        auto sockets = bind(file.address, options, file.lock.lock());
        if (!sockets) {
            return unexpected(std::move(sockets.error()));
        }
        v1::ReloadEffect& effect = *plan.report.add_effects();
        effect.set_kind(v1::ReloadEffect::SOCKET_FILE_MADE);
        effect.set_listener(options.name);
        effect.set_address(net::to_string(file.address));
        effect.set_text(fmt::format(
            "listeners[{}]: {} was deleted, and is made again", options.name, effect.address()
        ));
        plan.remade.push_back({&listener, file.address, *std::move(sockets)});
    }
    return {};
}

Result<void, net::SystemError> Server::plan_known(
    ListenerState& listener, ListenerOptions options, Plan& plan
) const {
    if (auto planned = plan_files(listener, options, plan); !planned) {
        return planned;
    }
    auto settings = make_settings(std::move(options), {});
    if (!settings) {
        return unexpected(std::move(settings.error()));
    }
    const std::string& name = (*settings)->options().name;
    const tls::ContextPtr before = listener.settings()->tls_context();
    if (const tls::ContextPtr& next = (*settings)->tls_context(); before && next) {
        if (auto fault = fault_of_certificate(before.get(), *next, unix_now())) {
            return unexpected(bad_certificate(name, *std::move(fault)));
        }
        for (v1::ReloadEffect& effect : renewals_between(name, *before, *next)) {
            *plan.report.add_effects() = std::move(effect);
        }
        if (auto warning = warning_of_certificate(name, *next, unix_now())) {
            plan.report.add_warnings(*std::move(warning));
        }
    }
    plan.kept.emplace_back(&listener, *std::move(settings));
    return {};
}

Result<void, net::SystemError> Server::plan_new(ListenerOptions options, Plan& plan) const {
    auto prepared = prepare(std::move(options));
    if (!prepared) {
        return unexpected(std::move(prepared.error()));
    }
    const std::string& name = prepared->settings->options().name;
    if (const tls::ContextPtr& tls = prepared->settings->tls_context()) {
        if (auto fault = fault_of_certificate(nullptr, *tls, unix_now())) {
            return unexpected(bad_certificate(name, *std::move(fault)));
        }
        if (auto warning = warning_of_certificate(name, *tls, unix_now())) {
            plan.report.add_warnings(*std::move(warning));
        }
    }
    plan.added.push_back(*std::move(prepared));
    return {};
}

Result<Server::Plan, net::SystemError> Server::plan(
    std::vector<ListenerOptions> listeners, const Renames& renamed
) const {
    Plan plan;
    for (ListenerOptions& options : listeners) {
        const auto former = renamed.find(options.name);
        ListenerState* const known =
            find_listener(former == renamed.end() ? options.name : former->second);
        auto planned = known == nullptr ? plan_new(std::move(options), plan)
                                        : plan_known(*known, std::move(options), plan);
        if (!planned) {
            return unexpected(std::move(planned.error()));
        }
    }
    for (const auto& listener : listeners_) {
        if (std::none_of(plan.kept.begin(), plan.kept.end(), [&](const auto& entry) {
                return entry.first == listener.get();
            })) {
            plan.gone.push_back(listener.get());
        }
    }
    return plan;
}

Result<void, net::SystemError> Server::rehearse(
    std::vector<ListenerOptions> listeners, const Renames& renamed, v1::ReloadReport& report
) const {
    const auto planned = plan(std::move(listeners), renamed);
    if (!planned) {
        return unexpected(planned.error());
    }
    report.MergeFrom(planned->report);
    return {};
}

Result<void, net::SystemError> Server::reload(
    std::vector<ListenerOptions> listeners,
    const Renames& renamed,
    std::vector<access::User> users,
    const std::vector<access::Account>& accounts,
    v1::ReloadReport& report
) {
    auto planned = plan(std::move(listeners), renamed);
    if (!planned) {
        return unexpected(std::move(planned.error()));
    }
    if (auto served = serve_all(std::move(planned->added)); !served) {
        return unexpected(std::move(served.error()));
    }
    for (auto& [listener, settings] : planned->kept) {
        use(*listener, std::move(settings));
    }
    for (Remade& remade : planned->remade) {
        serve(std::move(remade));
    }
    remove(planned->gone);
    if (authenticator_) {
        use_users(std::move(users), accounts);
    }
    forget_former_names();
    publish_info();
    report.MergeFrom(planned->report);
    return {};
}

// Connections stay; new clients cannot reach the former socket.
void Server::serve(Remade remade) {
    ListenerState& listener = *remade.listener;
    on_all([&](Worker& worker) { worker.stop_serving(listener, remade.address); });
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
            // Its file goes with it: that it cannot be reached will be seen.
            log::write(
                "cannot_serve",
                {{"listener", settings->options().name},
                 {"address", net::to_string(remade.address)},
                 {"error", error.what()}}
            );
        }
    }
}

void Server::use(ListenerState& listener, ListenerSettingsPtr settings) {
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
    on_all([&listener, &name](Worker& worker) { worker.rename(listener, name); });
}

// Connections that were authenticated by such a name under the new users are checked again.
void Server::forget_former_names() {
    bool some = false;
    for (const auto& listener : listeners_) {
        some = some || !listener->former_name().empty();
        listener->set_former_name({});
    }
    if (some) {
        on_all([](Worker& worker) { worker.reauthorize_users(); });
    }
}

Result<void, net::SystemError> Server::serve_all(std::vector<Prepared> added) {
    const std::size_t before = listeners_.size();
    try {
        for (Prepared& prepared : added) {
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

void Server::remove(const std::vector<const ListenerState*>& gone) {
    for (const ListenerState* const listener : gone) {
        const ListenerSettingsPtr settings = listener->settings();
        for (const net::Address& address : settings->options().addresses) {
            sockets_.give_up({settings->options().name, address});
        }
    }
    on_all([&gone](Worker& worker) {
        for (const ListenerState* const listener : gone) {
            worker.stop_serving(*listener);
        }
    });
    // A connection that was on its way between two reactors has arrived by now, unless it was sent
    // off just before: those of this reload wait for the next.
    std::erase_if(removed_listeners_, [](const auto& listener) {
        return !listener->has_clients();
    });
    const auto first =
        std::stable_partition(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
            return std::find(gone.begin(), gone.end(), listener.get()) == gone.end();
        });
    std::move(first, listeners_.end(), std::back_inserter(removed_listeners_));
    listeners_.erase(first, listeners_.end());
}

void Server::use_users(
    std::vector<access::User> users, const std::vector<access::Account>& accounts
) {
    const access::UsersPtr before = authenticator_->users();
    const auto fresh = std::make_shared<access::Users>(std::move(users), accounts, before.get());
    authenticator_->use(fresh);
    on_all([this, &fresh](Worker& worker) {
        exchange_->shard(worker.reactor().index()).use_accounts(fresh->accounts());
        worker.reauthorize_users();
    });
}

}  // namespace telex::server
