#pragma once
// A detachable client on reactor 0 of a running exchange, and connections that attach to it.
#include "exchange/detachable_client.hpp"
#include "support/running_exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::testing {

// A connection that uses a detachable client. Used by the test's thread.
class DetachableSession {
public:
    DetachableSession(RunningExchange& running, std::size_t reactor)
        : running_(running), client_(running.client(reactor)) {}

    ~DetachableSession() {
        running_.on(client_, [this] { attachment_.reset(); });
    }

    DetachableSession(const DetachableSession&) = delete;
    DetachableSession& operator=(const DetachableSession&) = delete;

    PlainClient& client() { return client_; }

    std::size_t reactor() const { return client_.shard.reactor().index(); }

    void attach(exchange::DetachableClient& detachable) { attach(detachable, false); }

    void attach_paused(exchange::DetachableClient& detachable) { attach(detachable, true); }

    void detach() {
        running_.on(client_, [this] { attachment_->detach(); });
    }

    void pause() {
        running_.on(client_, [this] { attachment_->pause(); });
    }

    void resume() {
        running_.on(client_, [this] { attachment_->resume(); });
    }

    std::vector<std::string> notes() { return running_.notes(client_); }

    std::size_t received() {
        return running_.on(client_, [this] { return client_.notes.size(); });
    }

    // Why it was ended.
    std::vector<exchange::AttachmentEnd> ends() {
        return running_.on(client_, [this] { return ends_; });
    }

private:
    void attach(exchange::DetachableClient& detachable, bool paused) {
        running_.on(client_, [&] {
            exchange::Shard& home = running_.exchange().shard(0);
            attachment_ = std::make_unique<exchange::Attachment>(
                client_.shard,
                home,
                client_,
                [this](exchange::AttachmentEnd reason) { ends_.push_back(reason); }
            );
            if (paused) {
                attachment_->pause();
            }
            home.reactor().post([&detachable, link = attachment_->link()] {
                detachable.attach(link);
            });
        });
    }

    RunningExchange& running_;
    PlainClient& client_;
    std::unique_ptr<exchange::Attachment> attachment_;
    std::vector<exchange::AttachmentEnd> ends_;
};

class RunningDetachable {
public:
    explicit RunningDetachable(
        unsigned reactors,
        exchange::DetachableOptions options = {},
        exchange::ExchangeOptions exchange_options = {}
    )
        : running(reactors, exchange_options) {
        running.at(0, [&] {
            client =
                std::make_unique<exchange::DetachableClient>(running.exchange().shard(0), options);
        });
    }

    ~RunningDetachable() {
        destroy();
        sessions_.clear();
        running.settle();
    }

    RunningDetachable(const RunningDetachable&) = delete;
    RunningDetachable& operator=(const RunningDetachable&) = delete;

    RunningExchange running;
    std::unique_ptr<exchange::DetachableClient> client;

    void destroy() {
        running.at(0, [&] { client.reset(); });
    }

    template <class Function>
    auto at_home(Function work) {
        return running.at(0, std::move(work));
    }

    void subscribe(
        std::uint64_t id,
        std::string_view filter,
        v1::SlowPolicy policy = v1::SLOW_POLICY_DROP_NEWEST,
        std::string_view group = {}
    ) {
        at_home([&] {
            broker::SubscriptionSpec spec;
            spec.id = id;
            spec.filter = filter;
            spec.slow_policy = policy;
            spec.queue_group = group;
            client->port().subscribe(std::move(spec));
        });
        running.settle();
    }

    // A connection that is not attached yet.
    DetachableSession& session(std::size_t reactor) {
        sessions_.push_back(std::make_unique<DetachableSession>(running, reactor));
        return *sessions_.back();
    }

    DetachableSession& attached(std::size_t reactor) {
        DetachableSession& fresh = session(reactor);
        fresh.attach(*client);
        running.settle();
        return fresh;
    }

    void publish(PlainClient& publisher, std::string_view subject, std::string_view payload) {
        running.on(publisher, [&] { publisher.publish(subject, payload); });
        running.settle();
    }

    // Publishes the numbers from `first` to `last`, in one turn.
    void publish_numbers(PlainClient& publisher, std::string_view subject, int first, int last) {
        running.on(publisher, [&] {
            for (int number = first; number <= last; ++number) {
                publisher.publish(subject, std::to_string(number));
            }
        });
        running.settle();
    }

    std::size_t queued() {
        return at_home([&] { return client->queued_messages(); });
    }

    // Charged to the memory budget by all shards.
    std::size_t charged() {
        running.settle();
        const exchange::MemoryBudget& budget = running.exchange().budget();
        return budget.used() - budget.standing();  // without its subscriptions
    }

private:
    std::vector<std::unique_ptr<DetachableSession>> sessions_;
};

}  // namespace telex::testing
