#include "exchange/interest_rounds.hpp"

#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "exchange/subscription_memory.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace telex::exchange {

namespace {

using Changes = std::shared_ptr<const std::vector<router::InterestChange>>;

// A round on its way to another shard, which applies it in several turns if it is much work.
class Announcement final : public reactor::Task {
public:
    Announcement(Shard& source, Shard& target, Changes changes, std::uint64_t round)
        : source_(source), target_(target), changes_(std::move(changes)), round_(round) {}

    void run(std::unique_ptr<reactor::Task> self) override {
        while (applied_ < changes_->size() && !target_.reactor().work().slice_is_over()) {
            target_.apply_interest(source_.reactor().index(), (*changes_)[applied_++]);
        }
        target_.groups().serve();
        if (applied_ < changes_->size()) {
            target_.reactor().put_back(std::move(self));
            return;
        }
        source_.reactor().post([&source = source_, round = round_] {
            source.interest().acknowledge(round);
        });
    }

private:
    Shard& source_;
    Shard& target_;
    const Changes changes_;
    const std::uint64_t round_;
    std::size_t applied_ = 0;
};

}  // namespace

void InterestRounds::note(access::AccountId account, std::optional<router::InterestChange> change) {
    if (change && exchange_.shard_count() > 1) {
        change->account = account;
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

void InterestRounds::confirm(ActiveSubscription& subscription) {
    if (exchange_.shard_count() == 1) {
        subscription.client().on_subscribed(subscription.id);
        return;
    }
    subscription.record().set_interest_round(next_round_);
    unconfirmed_.push_back({subscription.record().id(), subscription.id, subscription.key});
    reactor_.ensure_turn();
}

void InterestRounds::announce_round() {
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
    Shard& source = exchange_.shard(reactor_.index());
    for (std::size_t i = 0; i < exchange_.shard_count(); ++i) {
        if (i != reactor_.index()) {
            Shard& target = exchange_.shard(i);
            target.reactor().post_task(
                std::make_unique<Announcement>(source, target, changes, round)
            );
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
    reactor_.work().add(reactor::work::kDelivery * subscriptions.size());
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
