#pragma once
// An exchange on real reactors with clients that record what they receive: for tests of the shards
// without sockets.
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "reactor/reactor.hpp"
#include "support/books.hpp"
#include "support/plain_client.hpp"

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace telex::testing {

class RunningExchange {
public:
    explicit RunningExchange(
        unsigned reactors,
        exchange::ExchangeOptions options = {},
        exchange::StreamStorage* storage = nullptr,
        exchange::StreamConsumers* consumers = nullptr
    ) {
        std::vector<reactor::Reactor*> pointers;
        for (unsigned i = 0; i < reactors; ++i) {
            reactors_.push_back(std::make_unique<reactor::Reactor>(static_cast<std::uint16_t>(i)));
            pointers.push_back(reactors_.back().get());
        }
        exchange_ = std::make_unique<exchange::Exchange>(options, pointers);
        exchange_->set_stream_storage(storage);
        exchange_->set_stream_consumers(consumers);
        for (const auto& reactor : reactors_) {
            reactor->start();
        }
    }

    // Runs `work` on the reactor and gives back what it returns.
    template <class Function>
    auto at(std::size_t reactor, Function work) {
        std::promise<std::invoke_result_t<Function>> promise;
        reactors_[reactor]->post([&] {
            if constexpr (std::is_void_v<std::invoke_result_t<Function>>) {
                work();
                promise.set_value();
            } else {
                promise.set_value(work());
            }
        });
        return promise.get_future().get();
    }

    template <class Function>
    auto on(PlainClient& client, Function work) {
        return at(client.shard.reactor().index(), std::move(work));
    }

    ~RunningExchange() {
        expect_balanced_books(*exchange_);
        for (const auto& client : clients_) {
            leave(*client);
        }
        expect_balanced_books(*exchange_);
        for (const auto& reactor : reactors_) {
            reactor->stop();
        }
        for (const auto& reactor : reactors_) {
            reactor->join();
        }
    }

    RunningExchange(const RunningExchange&) = delete;
    RunningExchange& operator=(const RunningExchange&) = delete;

    exchange::Exchange& exchange() { return *exchange_; }

    // `pausable`: Client::can_pause.
    PlainClient& client(std::size_t reactor, bool pausable = true) {
        exchange::Shard& shard = exchange_->shard(reactor);
        clients_.push_back(std::make_unique<PlainClient>(shard, pausable));
        PlainClient& client = *clients_.back();
        at(reactor, [&] { client.port.join(); });
        return client;
    }

    // And until nothing of it is left.
    void leave(PlainClient& client) {
        const bool is_there =
            on(client, [&] { return client.shard.find(client.port.id()) != nullptr; });
        if (is_there) {
            on(client, [&] { client.port.leave(exchange::DropReason::connection_lost); });
            await_departures(client);
        }
    }

    // Until the subscriptions of clients that have left this one's reactor are removed there.
    void await_departures(PlainClient& client) {
        while (on(client, [&] { return client.shard.departures().memory() > 0; })) {
            std::this_thread::yield();
        }
    }

    std::vector<std::string> notes(PlainClient& client) {
        return on(client, [&] { return std::exchange(client.notes, {}); });
    }

    // Until everything that was sent between reactors has arrived, and what that caused, too. Each
    // hop ends within two sweeps: one for the turn that sends it to end, one to work it off.
    void settle() {
        for (int sweep = 0; sweep < 8; ++sweep) {
            for (std::size_t i = 0; i < reactors_.size(); ++i) {
                at(i, [] {});
            }
        }
    }

    exchange::Counters counters() {
        exchange::Counters sum;
        for (std::size_t i = 0; i < reactors_.size(); ++i) {
            const exchange::Counters one =
                at(i, [&] { return exchange_->shard(i).snapshot().counters; });
            sum.received_messages += one.received_messages;
            sum.routed_messages += one.routed_messages;
            sum.taken_messages += one.taken_messages;
            sum.unrouted_messages += one.unrouted_messages;
            sum.handed_over_messages += one.handed_over_messages;
            sum.captured_messages += one.captured_messages;
            for (std::size_t reason = 0; reason < one.dropped.size(); ++reason) {
                sum.dropped[reason] += one.dropped[reason];
            }
            for (std::size_t code = 0; code < one.refusals.size(); ++code) {
                sum.refusals[code] += one.refusals[code];
                sum.refused_publications[code] += one.refused_publications[code];
            }
        }
        return sum;
    }

    std::uint64_t dropped(exchange::DropReason reason) {
        return counters().dropped[static_cast<std::size_t>(reason)];
    }

private:
    std::vector<std::unique_ptr<reactor::Reactor>> reactors_;
    std::unique_ptr<exchange::Exchange> exchange_;
    std::vector<std::unique_ptr<PlainClient>> clients_;
};

}  // namespace telex::testing
