// Shard: when everything that a member published has reached the queues of those who get it.
//
// Batches between two reactors are worked off in order, so a question that is sent after them is
// answered after them. Members that flush in one turn share the question. What the target had to
// pass on, because a group's member left meanwhile, is not waited for.
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <algorithm>
#include <utility>

namespace telex::exchange {

void Shard::flush(ClientRecord& member, std::uint64_t id) {
    const bool nothing_under_way =
        std::all_of(outgoing_.begin(), outgoing_.end(), [](const Outgoing& outgoing) {
            return !outgoing.batch && outgoing.bytes_under_way == 0;
        });
    if (nothing_under_way) {
        member.client().on_flushed(id);
        return;
    }
    flushes_.push_back({member.id(), id});
    reactor_.ensure_turn();
}

void Shard::begin_flushes() {
    if (flushes_.empty()) {
        return;
    }
    // Touched on this thread alone, where the answers come home.
    auto round = std::make_shared<FlushRound>();
    round->flushes = std::exchange(flushes_, {});
    for (std::size_t target = 0; target < outgoing_.size(); ++target) {
        if (outgoing_[target].bytes_under_way == 0) {
            continue;
        }
        ++round->missing;
        exchange_.shard(target).reactor_.post([this, round] {
            reactor_.post([this, round] {
                if (--round->missing == 0) {
                    end_flushes(*round);
                }
            });
        });
    }
    if (round->missing == 0) {
        end_flushes(*round);
    }
}

void Shard::end_flushes(const FlushRound& round) {
    for (const Flush& flush : round.flushes) {
        if (ClientRecord* member = find(flush.member); member != nullptr) {
            member->client().on_flushed(flush.id);
        }
    }
}

}  // namespace telex::exchange
