#pragma once
// All shards together, and what they share: the directory of each other, the memory budget, and the
// facts that the built-in responders tell.
//
// Built before the reactors run, destroyed after they stopped.
#include "exchange/admin_handler.hpp"
#include "exchange/event_feed.hpp"
#include "exchange/exchange_options.hpp"
#include "exchange/memory_budget.hpp"
#include "exchange/overload_manager.hpp"
#include "exchange/shard.hpp"
#include "exchange/stream_consumers.hpp"
#include "exchange/stream_storage.hpp"
#include "telex/v1/sys.pb.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace telex::exchange {

class Exchange {
public:
    Exchange(const ExchangeOptions& options, const std::vector<reactor::Reactor*>& reactors);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    const ExchangeOptions& options() const { return options_; }

    std::size_t shard_count() const { return shards_.size(); }

    Shard& shard(std::size_t index) { return *shards_[index]; }

    MemoryBudget& budget() { return budget_; }

    OverloadManager& overload_manager() { return overload_manager_; }

    EventFeed& events() { return events_; }

    // Secret of this run: keys of the hash tables and of reply subjects.
    std::uint64_t seed() const { return seed_; }

    // The reply to $SYS.info. Any thread.
    void set_info(v1::ServerInfo info) {
        auto fresh = std::make_shared<const v1::ServerInfo>(std::move(info));
        const std::scoped_lock lock(info_mutex_);
        info_ = std::move(fresh);
    }

    std::shared_ptr<const v1::ServerInfo> info() const {
        const std::scoped_lock lock(info_mutex_);
        return info_;
    }

    // The responder of $SYS.admin.*; optional. Before the reactors run; not owned.
    void set_admin_handler(AdminHandler* handler) { admin_handler_ = handler; }

    AdminHandler* admin_handler() const { return admin_handler_; }

    // The storage of streams, and responder of $SYS.stream.*; null without storage. Before the
    // reactors run; not owned.
    void set_stream_storage(StreamStorage* storage) { stream_storage_ = storage; }

    StreamStorage* stream_storage() const { return stream_storage_; }

    // The consumers of streams; optional. Before the reactors run; not owned.
    void set_stream_consumers(StreamConsumers* consumers) { stream_consumers_ = consumers; }

    StreamConsumers* stream_consumers() const { return stream_consumers_; }

    // Sums the counters of all shards; `done` runs on the thread of `requester`. Any shard's
    // thread.
    void collect_stats(Shard& requester, std::function<void(const v1::ServerStats&)> done);

private:
    ExchangeOptions options_;
    MemoryBudget budget_;
    OverloadManager overload_manager_{*this};
    EventFeed events_{*this};
    std::uint64_t seed_;
    mutable std::mutex info_mutex_;
    std::shared_ptr<const v1::ServerInfo> info_ = std::make_shared<v1::ServerInfo>();
    AdminHandler* admin_handler_ = nullptr;
    StreamStorage* stream_storage_ = nullptr;
    StreamConsumers* stream_consumers_ = nullptr;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace telex::exchange
