#pragma once
// The server without sockets: reactors, exchange, workers and one listener, whose connections are
// streams in memory. Without the daemon's configuration, listening and signals.
#include "exchange/exchange.hpp"
#include "protocols/registry/protocols.hpp"
#include "server/listener/listener_state.hpp"
#include "server/workers/workers.hpp"
#include "support/books.hpp"
#include "support/memory_stream.hpp"
#include "support/no_log.hpp"
#include "support/telex_client.hpp"
#include "telex/v1/sys.pb.h"

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::testing {

class MemoryServer {
public:
    explicit MemoryServer(
        unsigned reactors,
        server::ListenerOptions options = {},
        exchange::StreamConsumers* consumers = nullptr
    )
        : listener_(std::make_shared<server::ListenerSettings>(
              options, *session::find_protocol(options.protocol)
          )) {
        std::vector<reactor::Reactor*> pointers;
        for (unsigned i = 0; i < reactors; ++i) {
            reactors_.push_back(std::make_unique<reactor::Reactor>(static_cast<std::uint16_t>(i)));
            pointers.push_back(reactors_.back().get());
        }
        exchange_ = std::make_unique<exchange::Exchange>(exchange::ExchangeOptions{}, pointers);
        exchange_->set_stream_consumers(consumers);
        for (unsigned i = 0; i < reactors; ++i) {
            workers_.add(*reactors_[i], exchange_->shard(i));
        }
        for (const auto& reactor : reactors_) {
            reactor->start();
        }
    }

    ~MemoryServer() {
        expect_balanced_books(*exchange_);
        for (std::size_t i = 0; i < reactors_.size(); ++i) {
            at(i, [&] { workers_.at(i).abort_all(); });
        }
        expect_balanced_books(*exchange_);
        for (const auto& reactor : reactors_) {
            reactor->stop();
        }
        for (const auto& reactor : reactors_) {
            reactor->join();
        }
    }

    MemoryServer(const MemoryServer&) = delete;
    MemoryServer& operator=(const MemoryServer&) = delete;

    // Connections go to the reactors in turn.
    MemoryClient connect(const MemoryFaults& faults = {}, bool keeps_packets = false) {
        MemoryPair pair(keeps_packets, faults);
        adopt(std::move(pair.server));
        return std::move(pair.client);
    }

    void adopt(std::unique_ptr<server::ByteStream> stream) {
        const std::size_t reactor = next_reactor_++ % reactors_.size();
        at(reactor, [&] { adopt_at(reactor, std::move(stream)); });
    }

    // On the first reactor, in one turn.
    void adopt_all(std::vector<std::unique_ptr<server::ByteStream>> streams) {
        at(0, [&] {
            for (auto& stream : streams) {
                adopt_at(0, std::move(stream));
            }
        });
    }

    template <class Function>
    void at(std::size_t reactor, Function work) {
        std::promise<void> done;
        reactors_[reactor]->post([&] {
            work();
            done.set_value();
        });
        done.get_future().get();
    }

    // To be used on its reactor: at().
    exchange::Shard& shard(std::size_t index) { return exchange_->shard(index); }

    server::Worker& worker(std::size_t index) { return workers_.at(index); }

    // Until every turn that was under way is over, and what it sent to other reactors, too.
    void settle() {
        for (int sweep = 0; sweep < 8; ++sweep) {
            for (std::size_t i = 0; i < reactors_.size(); ++i) {
                at(i, [] {});
            }
        }
    }

    v1::ServerStats stats() {
        std::promise<v1::ServerStats> promise;
        reactors_[0]->post([&] {
            exchange_->collect_stats(exchange_->shard(0), [&](const v1::ServerStats& stats) {
                promise.set_value(stats);
            });
        });
        return promise.get_future().get();
    }

private:
    void adopt_at(std::size_t reactor, std::unique_ptr<server::ByteStream> stream) {
        server::Worker& worker = workers_.at(reactor);
        worker.expect_connection();
        worker.adopt(
            std::move(stream),
            {.address = {},
             .transport = net::Transport::unix_stream,
             .listener = server::name_of(listener_.settings())},
            listener_
        );
    }

    server::ListenerState listener_;
    std::vector<std::unique_ptr<reactor::Reactor>> reactors_;
    std::unique_ptr<exchange::Exchange> exchange_;
    server::Workers workers_;
    std::size_t next_reactor_ = 0;
};

// A client of the native protocol over a stream in memory.
class MemoryTelex : public TelexClient {
public:
    explicit MemoryTelex(MemoryClient client)
        : TelexClient(std::make_unique<MemoryClient>(std::move(client))) {}
};

}  // namespace telex::testing
