#include "exchange/exchange.hpp"

#include "base/time.hpp"
#include "reactor/gather.hpp"

#include <random>
#include <utility>

namespace telex::exchange {

namespace {

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace

Exchange::Exchange(const ExchangeOptions& options, const std::vector<reactor::Reactor*>& reactors)
    : options_(options), budget_(options.memory_budget_bytes), seed_(random_seed()) {
    shards_.reserve(reactors.size());
    for (reactor::Reactor* reactor : reactors) {
        shards_.push_back(std::make_unique<Shard>(*this, *reactor, reactors.size()));
    }
    for (const auto& shard : shards_) {
        shard->connect();
    }
}

Exchange::~Exchange() = default;

void Exchange::collect_stats(Shard& requester, std::function<void(const v1::ServerStats&)> done) {
    std::vector<reactor::Reactor*> reactors;
    reactors.reserve(shards_.size());
    for (const auto& shard : shards_) {
        reactors.push_back(&shard->reactor());
    }
    reactor::gather<ShardSnapshot>(
        reactors,
        [this, posted = Clock::now()](std::size_t index) {
            ShardSnapshot snapshot = shards_[index]->snapshot();
            snapshot.lag = Clock::now() - posted;
            return snapshot;
        },
        [this, &requester, done = std::move(done)](std::vector<ShardSnapshot> snapshots) {
            requester.reactor().post([this, done, snapshots = std::move(snapshots)] {
                v1::ServerStats stats;
                stats.set_published_events(events_.published());
                stats.set_suppressed_events(events_.suppressed());
                for (std::size_t index = 0; index < snapshots.size(); ++index) {
                    add_to(stats, static_cast<std::uint32_t>(index), snapshots[index]);
                }
                done(stats);
            });
        }
    );
}

}  // namespace telex::exchange
