#include "exchange/interest_rounds.hpp"

#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <memory>
#include <utility>

namespace telex::exchange {

void InterestRounds::note(
    const ClientRecord& client, std::optional<router::InterestChange> change
) {
    if (change && exchange_.shard_count() > 1) {
        change->account = client.account();
        changes_.push_back(std::move(*change));
        reactor_.ensure_turn();
    }
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
    rounds_.emplace(round, Round{exchange_.shard_count() - 1, std::move(unconfirmed_)});
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
