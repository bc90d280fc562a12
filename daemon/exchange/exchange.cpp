#include "exchange/exchange.hpp"

#include <chrono>
#include <random>
#include <utility>

namespace telex::exchange {

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace

Exchange::Exchange(const ExchangeOptions& options, const std::vector<reactor::Reactor*>& reactors)
    : options_(options), budget_(options.memory_budget_bytes), seed_(random_seed()) {
    shards_.reserve(reactors.size());
    for (reactor::Reactor* reactor : reactors) {
        shards_.push_back(std::make_unique<Shard>(*this, *reactor));
    }
    for (const auto& shard : shards_) {
        shard->connect();
    }
}

Exchange::~Exchange() = default;

void Exchange::collect_stats(Shard& asker, std::function<void(const v1::ServerStats&)> done) {
    // The snapshots come home to the asker's thread, which alone touches the collection.
    struct Collection {
        v1::ServerStats stats;
        std::size_t missing;
        std::function<void(const v1::ServerStats&)> done;
    };

    auto collection = std::make_shared<Collection>();
    collection->missing = shards_.size();
    collection->done = std::move(done);
    collection->stats.set_published_events(events_.published());
    collection->stats.set_suppressed_events(events_.suppressed());
    for (const auto& shard : shards_) {
        Shard& asked = *shard;
        asked.reactor().post([&asked, &asker, collection, posted = Clock::now()] {
            ShardSnapshot snapshot = asked.snapshot();
            snapshot.lag = Clock::now() - posted;
            asker.reactor().post([collection, index = asked.reactor().index(), snapshot] {
                add_to(collection->stats, index, snapshot);
                if (--collection->missing == 0) {
                    collection->done(collection->stats);
                }
            });
        });
    }
}

}  // namespace telex::exchange
