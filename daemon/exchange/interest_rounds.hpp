#pragma once
// Tells the other reactors which subscriptions there are here, once per turn.
//
// A round is a turn's changes plus the subscriptions that wait for it; when all other shards have
// applied it, Client::on_subscribed is called. A subscription that changes nothing for the others
// waits for a round all the same: the change that covers it may still be under way.
//
// Owner and thread: one shard.
#include "exchange/client_table.hpp"
#include "exchange/memory_budget.hpp"
#include "reactor/reactor.hpp"
#include "router/interest_change.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace telex::exchange {

class Exchange;

class InterestRounds {
public:
    InterestRounds(
        Exchange& exchange,
        reactor::Reactor& reactor,
        const ClientTable& clients,
        BudgetAccount& account
    )
        : exchange_(exchange), reactor_(reactor), clients_(clients), account_(account) {}

    void note(access::AccountId account, std::optional<router::InterestChange> change);
    // Calls on_subscribed once all shards know the subscription, at once if there is only one.
    void confirm(ActiveSubscription& subscription);

    // Whether some shard may not have applied this round, which is that of a client's newest
    // subscription (ClientRecord::interest_round; 0: it has none). Rounds end in their order.
    bool is_under_way(std::uint64_t round) const {
        return round == next_round_ || rounds_.contains(round);
    }

    // At the end of a turn, and before a message is routed: whoever gets a message may reply from
    // any reactor, to subscriptions that its publisher made before.
    void announce() {
        if (!changes_.empty() || !unconfirmed_.empty()) [[unlikely]] {
            announce_round();
        }
    }

    // Another shard has applied the round.
    void acknowledge(std::uint64_t round);

private:
    struct Unconfirmed {
        ClientId client;
        std::uint64_t id;
        std::uint64_t key;
    };

    struct Round {
        std::size_t missing = 0;
        std::size_t memory = 0;  // charged while it is under way
        std::vector<Unconfirmed> subscriptions;
    };

    void announce_round();
    void charge(const router::InterestChange& change);

    Exchange& exchange_;
    reactor::Reactor& reactor_;
    const ClientTable& clients_;
    BudgetAccount& account_;
    std::vector<router::InterestChange> changes_;
    std::size_t changes_memory_ = 0;  // of changes_, and of what they will add to the other tables
    std::vector<Unconfirmed> unconfirmed_;
    std::unordered_map<std::uint64_t, Round> rounds_;
    std::uint64_t next_round_ = 1;
};

}  // namespace telex::exchange
