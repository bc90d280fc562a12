#include "server/server.hpp"

#include "base/time.hpp"
#include "log/log.hpp"
#include "server/admin/ask_workers.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <utility>

namespace telex::server {

namespace {

std::vector<std::unique_ptr<reactor::Reactor>> make_reactors(const ServerOptions& options) {
    std::vector<std::unique_ptr<reactor::Reactor>> reactors;
    reactors.reserve(options.reactors);
    for (unsigned i = 0; i < options.reactors; ++i) {
        reactors.push_back(
            std::make_unique<reactor::Reactor>(static_cast<std::uint16_t>(i), options.spin)
        );
    }
    return reactors;
}

std::vector<reactor::Reactor*> pointers_to(
    const std::vector<std::unique_ptr<reactor::Reactor>>& reactors
) {
    std::vector<reactor::Reactor*> pointers;
    pointers.reserve(reactors.size());
    for (const auto& reactor : reactors) {
        pointers.push_back(reactor.get());
    }
    return pointers;
}

// Takes the users out of the options. Returns null if there are none.
std::unique_ptr<Authenticator> make_authenticator(ServerOptions& options) {
    if (options.users.empty()) {
        return nullptr;
    }
    return std::make_unique<Authenticator>(
        std::make_shared<access::Users>(std::move(options.users), options.accounts)
    );
}

}  // namespace

Server::Server(ServerOptions options, sd::SocketStore& sockets)
    : options_(std::move(options)),
      reactors_(make_reactors(options_)),
      exchange_(options_.exchange, pointers_to(reactors_)),
      authenticator_(make_authenticator(options_)),
      opener_(options_, sockets, authenticator_ != nullptr),
      listeners_(workers_, sockets, authenticator_.get()),
      reports_(workers_, exchange_),
      traces_(workers_) {
    for (unsigned i = 0; i < options_.reactors; ++i) {
        if (authenticator_) {
            exchange_.shard(i).use_accounts(authenticator_->users()->accounts());
        }
        workers_.add(*reactors_[i], exchange_.shard(i));
    }
}

Server::~Server() {
    if (workers_.are_running()) {
        workers_.on_all([](Worker& worker) { worker.stop_accepting(); });
        workers_.abort_all();
    }
    for (const auto& reactor : reactors_) {
        reactor->stop();
    }
    for (const auto& reactor : reactors_) {
        reactor->join();
    }
}

Result<void, net::SystemError> Server::open(ListenerOptions options) {
    auto prepared = opener_.prepare(std::move(options));
    if (!prepared) {
        return unexpected(std::move(prepared.error()));
    }
    listeners_.serve(*std::move(prepared));
    return {};
}

void Server::publish_info() {
    v1::ServerInfo info;
    info.set_server_name(options_.name);
    info.set_server_version(options_.version);
    info.set_reactors(options_.reactors);
    info.set_memory_budget_bytes(options_.exchange.memory_budget_bytes);
    info.set_process_id(::getpid());
    info.set_started_unix_nanoseconds(
        std::chrono::duration_cast<std::chrono::nanoseconds>(started_.time_since_epoch()).count()
    );
    for (const auto& listener : listeners_.all()) {
        auto& row = *info.add_listeners();
        const ListenerOptions& options = listener->settings()->options();
        row.set_name(options.name);
        row.set_protocol(options.protocol);
        row.set_framing(options.framing_name);
        for (const std::string& address : listener->bound_addresses) {
            row.add_addresses(address);
        }
    }
    exchange_.set_info(std::move(info));
}

void Server::run_reactors() {
    reactors_run_ = true;
    for (const auto& reactor : reactors_) {
        reactor->start();
    }
}

void Server::start() {
    publish_info();
    if (!reactors_run_) {
        run_reactors();
    }
    workers_.start();
}

bool Server::drain(const std::function<bool()>& hurry) {
    constexpr std::chrono::milliseconds kStep{20};
    const auto deadline = Clock::now() + options_.drain_timeout;
    workers_.on_all([](Worker& worker) { worker.stop_accepting(); });
    listeners_.forget_socket_files();
    workers_.on_all([](Worker& worker) { worker.begin_drain(); });
    bool empty = false;
    while (!empty && Clock::now() < deadline && !hurry()) {
        std::this_thread::sleep_for(kStep);
        empty = workers_.drain_quiet();
    }
    workers_.abort_all();
    return empty;
}

void Server::give_back_memory() {
    if (!memory_return_.is_due(exchange_.budget().take_peak())) {
        return;
    }
    const auto before = cpu_time(CLOCK_THREAD_CPUTIME_ID);
    const bool some = ::malloc_trim(0) != 0;
    log::write(
        "memory_returned",
        {{"some", some},
         {"cpu_microseconds",
          std::chrono::duration_cast<std::chrono::microseconds>(
              cpu_time(CLOCK_THREAD_CPUTIME_ID) - before
          )
              .count()}}
    );
}

bool Server::responsive(std::chrono::milliseconds within) {
    return workers_.ask_all<char>(within, [](Worker&) { return char{}; }).has_value();
}

Result<void, net::SystemError> Server::rehearse(
    std::vector<ListenerOptions> listeners, const Renames& renamed, v1::ReloadReport& report
) const {
    const auto planned = ReloadPlanner(opener_, listeners_).plan(std::move(listeners), renamed);
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
    auto planned = ReloadPlanner(opener_, listeners_).plan(std::move(listeners), renamed);
    if (!planned) {
        return unexpected(std::move(planned.error()));
    }
    if (auto served = listeners_.serve_all(std::move(planned->added)); !served) {
        return unexpected(std::move(served.error()));
    }
    for (auto& [listener, settings] : planned->kept) {
        listeners_.use(*listener, std::move(settings));
    }
    for (RemadeSockets& remade : planned->remade) {
        listeners_.serve(std::move(remade));
    }
    listeners_.remove(planned->gone);
    if (authenticator_) {
        use_users(std::move(users), accounts);
    }
    listeners_.forget_former_names();
    publish_info();
    report.MergeFrom(planned->report);
    return {};
}

void Server::use_users(
    std::vector<access::User> users, const std::vector<access::Account>& accounts
) {
    const access::UsersPtr before = authenticator_->users();
    const auto fresh = std::make_shared<access::Users>(std::move(users), accounts, before.get());
    authenticator_->use(fresh);
    workers_.on_all([&fresh](Worker& worker) { worker.shard().use_accounts(fresh->accounts()); });
    workers_.sweep_all([](Worker& worker) { return worker.reauthorize_users(); });
}

// An unknown listener may have had connections, which are listed among the closed ones.
wire::AdminResult<v1::ConnectionList> Server::connections(const v1::ListConnections& query) {
    auto list = reports_.connections(query);
    if (!list || list->total() != 0 || query.listener().empty()) {
        return list;
    }
    const v1::ListenerList listeners = listeners_.list();
    std::vector<std::string_view> names;
    names.reserve(static_cast<std::size_t>(listeners.listeners_size()));
    for (const v1::ListenerStatus& listener : listeners.listeners()) {
        names.emplace_back(listener.name());
    }
    if (std::ranges::find(names, query.listener()) == names.end()) {
        return unexpected(no_listener(query.listener(), names));
    }
    return list;
}

wire::AdminResult<KickResult> Server::kick(const v1::Kick& request, std::uint64_t own) {
    if (!request.user().empty()) {
        return kick_user(workers_, request, own);
    }
    KickResult result;
    result.reply.set_connections(1);
    if (own != 0 && request.connection() == own) {
        result.own_is_left = true;
        return result;
    }
    auto found = ask_workers<char>(workers_, [request](Worker& worker) {
        return static_cast<char>(worker.kick(request.connection(), request.reason()));
    });
    if (!found) {
        return unexpected(std::move(found.error()));
    }
    if (std::count(found->begin(), found->end(), 1) == 0) {
        return unexpected(no_connection(request.connection()));
    }
    return result;
}

void Server::report(v1::Event event) {
    exchange::Shard& shard = exchange_.shard(0);
    shard.reactor().post([this, &shard, event = std::move(event)]() mutable {
        exchange_.events().report(shard, std::move(event));
    });
}

}  // namespace telex::server
