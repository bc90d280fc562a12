#include "server/server.hpp"

#include "log/log.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace telex::server {

Server::Server(ServerOptions options, sd::SocketStore& sockets)
    : options_(std::move(options)), sockets_(sockets), workers_(worker_storage_) {
    for (unsigned i = 0; i < options_.reactors; ++i) {
        reactors_.push_back(
            std::make_unique<reactor::Reactor>(static_cast<std::uint16_t>(i), options_.spin)
        );
        reactor_list_.push_back(reactors_.back().get());
    }
    exchange_ = std::make_unique<exchange::Exchange>(options_.exchange, reactor_list_);
    if (!options_.users.empty()) {
        authenticator_ = std::make_unique<Authenticator>(
            std::make_shared<access::Users>(std::move(options_.users), options_.accounts)
        );
        for (unsigned i = 0; i < options_.reactors; ++i) {
            exchange_->shard(i).use_accounts(authenticator_->users()->accounts());
        }
    }
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
    for (const auto& listener : listeners_) {
        auto& row = *info.add_listeners();
        const ListenerOptions& options = listener->settings()->options();
        row.set_name(options.name);
        row.set_protocol(options.protocol);
        row.set_framing(options.framing_name);
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
    for (const auto& listener : listeners_) {
        listener->socket_files.clear();  // no client can reach them
    }
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

void Server::give_back_memory() {
    if (!memory_return_.is_due(exchange_->budget().take_peak())) {
        return;
    }
    const auto before = reactor::Reactor::cpu_time();
    const bool some = ::malloc_trim(0) != 0;
    log::write(
        "memory_returned",
        {{"some", some},
         {"cpu_microseconds",
          std::chrono::duration_cast<std::chrono::microseconds>(
              reactor::Reactor::cpu_time() - before
          )
              .count()}}
    );
}

bool Server::responsive(std::chrono::milliseconds within) {
    return reactor::gather_within<char>(
               reactor_list_, within, [](std::size_t) { return char{}; }
    ).has_value();
}

}  // namespace telex::server
