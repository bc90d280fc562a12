#include "server/server.hpp"

#include "server/datagram_socket.hpp"
#include "server/stream_acceptor.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace telex::server {

namespace {

// Lets one thread wait until others have reported so often.
class Countdown {
public:
    explicit Countdown(std::size_t count) : left_(count) {}

    void report() {
        const std::lock_guard lock(mutex_);
        --left_;
        changed_.notify_all();
    }

    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return left_ == 0; });
    }

    bool wait_for(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return left_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t left_;
};

std::vector<reactor::Reactor*> pointers(
    const std::vector<std::unique_ptr<reactor::Reactor>>& reactors
) {
    std::vector<reactor::Reactor*> result;
    result.reserve(reactors.size());
    for (const auto& reactor : reactors) {
        result.push_back(reactor.get());
    }
    return result;
}

}  // namespace

Server::Server(ServerOptions options) : options_(std::move(options)), workers_(worker_storage_) {
    for (unsigned i = 0; i < options_.reactors; ++i) {
        reactors_.push_back(
            std::make_unique<reactor::Reactor>(static_cast<std::uint16_t>(i), options_.spin)
        );
    }
    exchange_ = std::make_unique<exchange::Exchange>(options_.exchange, pointers(reactors_));
    for (unsigned i = 0; i < options_.reactors; ++i) {
        worker_storage_.push_back(
            std::make_unique<Worker>(*reactors_[i], exchange_->shard(i), workers_)
        );
    }
}

Server::~Server() {
    if (running_) {
        on_all([](Worker& worker) {
            worker.stop_accepting();
            worker.abort_all();
        });
    }
    for (const auto& reactor : reactors_) {
        reactor->stop();
    }
    for (const auto& reactor : reactors_) {
        reactor->join();
    }
}

template <class Function>
void Server::on_all(Function work) {
    auto done = std::make_shared<Countdown>(worker_storage_.size());
    for (const auto& worker : worker_storage_) {
        worker->reactor().post([&worker = *worker, work, done] {
            work(worker);
            done->report();
        });
    }
    done->wait();
}

Result<std::vector<net::Bound>, net::SystemError> Server::bind(
    const net::Address& address, const ListenerOptions& options, sd::PassedSockets& passed
) const {
    if (address.transport == net::Transport::systemd) {
        auto sockets = passed.take(address.name);
        if (sockets.empty()) {
            return unexpected(net::system_error(
                ENOENT,
                "listener '" + options.name + "', " + net::to_string(address),
                "systemd passed no socket of this name"
            ));
        }
        return sockets;
    }
    net::ListenOptions listen;
    listen.backlog = options.backlog;
    listen.file = {options.mode, options.owner, options.group};
    return net::listen_on(address, listen, options_.reactors);
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

Result<void, std::string> Server::reload_certificates() {
    std::vector<std::pair<ListenerState*, tls::ContextPtr>> fresh;
    for (const auto& listener : listeners_) {
        if (!listener->options().tls) {
            continue;
        }
        auto context = tls::make_server_context(listener->options().tls->context);
        if (!context) {
            return unexpected("listener '" + listener->options().name + "': " + context.error());
        }
        fresh.emplace_back(listener.get(), *std::move(context));
    }
    for (auto& [listener, context] : fresh) {
        listener->use_tls_context(std::move(context));
    }
    return {};
}

Result<void, net::SystemError> Server::open(ListenerOptions options, sd::PassedSockets& passed) {
    const session::Protocol* protocol = session::find_protocol(options.protocol);
    if (protocol == nullptr) {
        return unexpected(
            net::system_error(EINVAL, "listener '" + options.name + "'", "unknown protocol")
        );
    }
    std::vector<net::Bound> sockets;
    for (const net::Address& address : options.addresses) {
        auto bound = bind(address, options, passed);
        if (!bound) {
            return unexpected(std::move(bound.error()));
        }
        std::move(bound->begin(), bound->end(), std::back_inserter(sockets));
    }
    // The configuration knows the kind of every socket but of those that systemd passes.
    const bool datagrams =
        std::any_of(sockets.begin(), sockets.end(), [](const net::Bound& socket) {
            return net::is_datagram(socket.actual.transport);
        });
    if (datagrams && options.session.raw.subscribe) {
        return unexpected(net::system_error(
            EPROTOTYPE,
            "listener '" + options.name + "'",
            "datagram peers cannot subscribe: their addresses are not proved"
        ));
    }
    if (datagrams && options_.users && options.user.empty()) {
        return unexpected(net::system_error(
            EPROTOTYPE,
            "listener '" + options.name + "'",
            "there are users, and datagram peers are nobody in particular: give it a 'user'"
        ));
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
    listeners_.push_back(
        std::make_unique<ListenerState>(std::move(options), *protocol, options_.users)
    );
    ListenerState& listener = *listeners_.back();
    listener.use_tls_context(std::move(tls));
    std::set<std::string> addresses;
    for (net::Bound& socket : sockets) {
        addresses.insert(net::to_string(socket.actual));
        const bool shared = !net::is_unix(socket.actual.transport) && sockets.size() > 1;
        const unsigned reactor = (shared ? socket.slot : next_single_++) % options_.reactors;
        worker_storage_[reactor]->serve(listener, std::move(socket));
    }
    listener.bound_addresses.assign(addresses.begin(), addresses.end());
    return {};
}

void Server::publish_info() {
    v1::ServerInfo info;
    info.set_server_name(options_.name);
    info.set_server_version(options_.version);
    info.set_reactors(options_.reactors);
    info.set_memory_budget_bytes(options_.exchange.memory_budget_bytes);
    info.set_process_id(::getpid());
    info.set_started_unix_nanoseconds(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::system_clock::now().time_since_epoch()
    )
                                          .count());
    for (const auto& listener : listeners_) {
        auto& row = *info.add_listeners();
        row.set_name(listener->options().name);
        row.set_protocol(listener->options().protocol);
        row.set_framing(listener->options().framing_name);
        for (const std::string& address : listener->bound_addresses) {
            row.add_addresses(address);
        }
    }
    exchange_->set_info(std::move(info));
}

void Server::start() {
    publish_info();
    for (const auto& reactor : reactors_) {
        reactor->start();
    }
    running_ = true;
    on_all([](Worker& worker) { worker.start(); });
}

bool Server::drain(const std::function<bool()>& hurry) {
    constexpr std::chrono::milliseconds kStep{20};
    const auto deadline = std::chrono::steady_clock::now() + options_.drain_timeout;
    on_all([](Worker& worker) { worker.stop_accepting(); });
    on_all([](Worker& worker) { worker.begin_drain(); });
    bool empty = false;
    while (!empty && std::chrono::steady_clock::now() < deadline && !hurry()) {
        std::this_thread::sleep_for(kStep);
        std::atomic<bool> all{true};
        on_all([&all](Worker& worker) {
            if (!worker.drain_quiet()) {
                all = false;
            }
        });
        empty = all;
    }
    on_all([](Worker& worker) { worker.abort_all(); });
    running_ = false;
    return empty;
}

bool Server::responsive(std::chrono::milliseconds within) {
    auto alive = std::make_shared<Countdown>(reactors_.size());
    for (const auto& reactor : reactors_) {
        reactor->post([alive] { alive->report(); });
    }
    return alive->wait_for(within);
}

}  // namespace telex::server
