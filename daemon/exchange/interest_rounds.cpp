#include "exchange/interest_rounds.hpp"

#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "exchange/subscription_memory.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace telex::exchange {

void InterestRounds::note(
    const ClientRecord& client, std::optional<router::InterestChange> change
) {
    if (change && exchange_.shard_count() > 1) {
        change->account = client.account();
        charge(*change);
        changes_.push_back(std::move(*change));
        reactor_.ensure_turn();
    }
}

// Until the other tables have grown, and are charged for it.
void InterestRounds::charge(const router::InterestChange& change) {
    std::size_t memory = sizeof(change) + memory_of(change.filter);
    if (change.there) {
        const std::string_view group =
            change.member ? std::string_view(change.member->facts().group) : std::string_view();
        memory += (exchange_.shard_count() - 1) * table_memory(change.filter, group);
    }
    changes_memory_ += memory;
    account_.charge_standing(memory);
}

void InterestRounds::confirm(const ActiveSubscription& subscription) {
    if (exchange_.shard_count() == 1) {
        subscription.client->on_subscribed(subscription.id);
        return;
    }
    unconfirmed_.push_back({subscription.record->id(), subscription.id, subscription.key});
    reactor_.ensure_turn();
}

void InterestRounds::announce() {
    if (changes_.empty() && unconfirmed_.empty()) {
        return;
    }
    const std::uint64_t round = next_round_++;
    rounds_.emplace(
        round,
        Round{
            exchange_.shard_count() - 1, std::exchange(changes_memory_, 0), std::move(unconfirmed_)
        }
    );
    unconfirmed_.clear();
    const auto changes =
        std::make_shared<const std::vector<router::InterestChange>>(std::exchange(changes_, {}));
    for (std::size_t i = 0; i < exchange_.shard_count(); ++i) {
        Shard& other = exchange_.shard(i);
        if (i != reactor_.index()) {
            other.reactor().post([&other, from = reactor_.index(), changes, round] {
                other.apply_interest(from, *changes, round);
            });
        }
    }
}

void InterestRounds::acknowledge(std::uint64_t round) {
    const auto found = rounds_.find(round);
    if (--found->second.missing > 0) {
        return;
    }
    account_.release_standing(found->second.memory);
    const auto subscriptions = std::move(found->second.subscriptions);
    rounds_.erase(found);
    for (const Unconfirmed& waiting : subscriptions) {
        ClientRecord* client = clients_.find(waiting.client);
        const ActiveSubscription* active =
            client == nullptr ? nullptr : client->find_subscription(waiting.id);
        if (active != nullptr && active->key == waiting.key) {
            client->client().on_subscribed(waiting.id);
        }
    }
}

}  // namespace telex::exchange
