#include "exchange/overload_manager.hpp"

#include "exchange/emergency_reserve.hpp"
#include "exchange/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace telex::exchange {

namespace {

using Holdings = std::vector<std::vector<Holding>>;

// After a round that had to wait: clients that are leaving free their memory meanwhile.
constexpr std::chrono::milliseconds kPause{5};

// The entry with the most bytes; end() if there is none.
template <class Map>
typename Map::const_iterator largest(const Map& bytes) {
    return std::max_element(bytes.begin(), bytes.end(), [](const auto& left, const auto& right) {
        return left.second < right.second;
    });
}

std::size_t leaving(const Holdings& holdings) {
    std::size_t bytes = 0;
    for (const std::vector<Holding>& of_shard : holdings) {
        for (const Holding& holding : of_shard) {
            bytes += holding.leaving ? holding.bytes : 0;
        }
    }
    return bytes;
}

struct Owned {
    std::size_t bytes = 0;
    std::size_t granted = 0;
};

using Owners = std::map<std::string_view, Owned>;

// The owner that holds the most relative to its share; empty if there is none.
std::string_view greediest(const Owners& owners, std::size_t budget) {
    const std::size_t equal_share = owners.empty() ? budget : budget / owners.size();
    std::string_view chosen;
    double most = -1;
    for (const auto& [owner, owned] : owners) {
        const std::size_t share = std::max({equal_share, owned.granted, std::size_t{1}});
        const double ratio = static_cast<double>(owned.bytes) / static_cast<double>(share);
        if (ratio > most) {
            most = ratio;
            chosen = owner;
        }
    }
    return chosen;
}

// Of the owner that holds the most relative to its share, the magnitude that holds the most.
std::optional<HolderKey> choose_holders(const Holdings& holdings, std::size_t budget) {
    Owners owners;
    std::map<HolderKey, std::size_t> magnitudes;
    for (const std::vector<Holding>& of_shard : holdings) {
        for (const Holding& holding : of_shard) {
            if (!holding.leaving) {
                Owned& owned = owners[holding.holders.owner];
                owned.bytes += holding.bytes;
                owned.granted = std::max(owned.granted, holding.granted);
                magnitudes[holding.holders] += holding.bytes;
            }
        }
    }
    const std::string_view owner = greediest(owners, budget);
    std::erase_if(magnitudes, [&](const auto& entry) { return entry.first.owner != owner; });
    const auto chosen = largest(magnitudes);
    return chosen == magnitudes.end() ? std::nullopt : std::optional(chosen->first);
}

std::size_t held_by(const std::vector<Holding>& holdings, const HolderKey& chosen) {
    std::size_t bytes = 0;
    for (const Holding& holding : holdings) {
        bytes += !holding.leaving && holding.holders == chosen ? holding.bytes : 0;
    }
    return bytes;
}

}  // namespace

void OverloadManager::begin(Shard& requester) {
    if (requester.reactor().now() < TimePoint(TimePoint::duration(next_round_.load())) ||
        under_way_.exchange(true)) {
        return;
    }
    const std::size_t shards = exchange_.shard_count();
    const auto round = std::make_shared<Round>(
        Round{.requester = requester, .missing = shards, .charged = 0, .holdings = Holdings(shards)}
    );
    for (std::size_t i = 0; i < shards; ++i) {
        Shard& asked = exchange_.shard(i);
        asked.reactor().post([this, &asked, i, round] {
            const std::size_t charged = asked.account().held();
            round->requester.reactor().post([this, i, round, charged, held = asked.holdings()](
                                            ) mutable {
                round->charged += charged;
                round->holdings[i] = std::move(held);
                if (--round->missing == 0) {
                    choose(round);
                }
            });
        });
    }
}

// The initiator may have read the total before the last round lowered it.
std::size_t OverloadManager::missing_memory(std::size_t charged) const {
    const std::size_t limit = exchange_.budget().limit();
    if (charged > limit) {
        return charged - (limit - limit / 8);
    }
    return EmergencyReserve::refill() ? 0 : 1;
}

void OverloadManager::choose(const RoundPtr& round) {
    const std::size_t missing = missing_memory(round->charged);
    const std::size_t expected = leaving(round->holdings);
    const auto chosen = choose_holders(round->holdings, exchange_.budget().limit());
    if (missing <= expected || !chosen) {
        if (missing > 0) {
            next_round_ = (round->requester.reactor().now() + kPause).time_since_epoch().count();
        }
        under_way_ = false;
        return;
    }
    shed(round, *chosen, missing - expected);
}

// Each shard its part, in proportion to what its clients hold.
void OverloadManager::shed(const RoundPtr& round, const HolderKey& chosen, std::size_t bytes) {
    std::size_t all = 0;
    for (const std::vector<Holding>& of_shard : round->holdings) {
        all += held_by(of_shard, chosen);
    }
    round->missing = 1;
    for (std::size_t i = 0; i < round->holdings.size(); ++i) {
        if (const std::size_t held = held_by(round->holdings[i], chosen); held > 0) {
            const double part = static_cast<double>(held) / static_cast<double>(all);
            ++round->missing;
            shed_at(
                exchange_.shard(i),
                round,
                chosen,
                static_cast<std::size_t>(part * static_cast<double>(bytes)) + 1
            );
        }
    }
    note_reply(round);
}

void OverloadManager::shed_at(
    Shard& shard, const RoundPtr& round, const HolderKey& chosen, std::size_t bytes
) {
    shard.reactor().post([this, &shard, round, chosen, bytes] {
        shard.shed(chosen, bytes);
        // Freed memory is counted before the next check.
        shard.account().settle();
        round->requester.reactor().post([this, round] { note_reply(round); });
    });
}

void OverloadManager::note_reply(const RoundPtr& round) {
    if (--round->missing == 0) {
        under_way_ = false;
    }
}

}  // namespace telex::exchange
