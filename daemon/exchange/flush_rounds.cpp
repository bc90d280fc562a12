#include "exchange/flush_rounds.hpp"

#include "exchange/exchange.hpp"

#include <memory>
#include <utility>

namespace telex::exchange {

void FlushRounds::flush(ClientRecord& client, std::uint64_t id) {
    const bool subscribing = interest_.is_under_way(client.interest_round());
    if (forwarding_.idle() && !subscribing) {
        client.client().on_flushed(id);
        return;
    }
    await_subscriptions_ |= subscribing;
    flushes_.push_back({client.id(), id});
    reactor_.ensure_turn();
}

void FlushRounds::begin() {
    if (flushes_.empty()) {
        return;
    }
    // Accessed on this thread only, to which the replies return.
    auto round = std::make_shared<Round>();
    round->flushes = std::exchange(flushes_, {});
    for (std::size_t target = 0; target < forwarding_.targets(); ++target) {
        if (!is_awaited(target)) {
            continue;
        }
        ++round->missing;
        exchange_.shard(target).reactor().post([this, round] {
            reactor_.post([this, round] {
                if (--round->missing == 0) {
                    end(*round);
                }
            });
        });
    }
    await_subscriptions_ = false;
    if (round->missing == 0) {
        end(*round);
    }
}

bool FlushRounds::is_awaited(std::size_t target) const {
    return forwarding_.under_way_to(target) || (await_subscriptions_ && target != reactor_.index());
}

void FlushRounds::end(const Round& round) {
    for (const Flush& flush : round.flushes) {
        if (ClientRecord* client = clients_.find(flush.client); client != nullptr) {
            client->client().on_flushed(flush.id);
        }
    }
}

}  // namespace telex::exchange
