#include "exchange/departures.hpp"

#include "exchange/shard.hpp"
#include "exchange/subscription_memory.hpp"

#include <iterator>
#include <utility>

namespace telex::exchange {

// The subscriptions of one client.
class Departures::Departure final : public reactor::TurnWork {
public:
    Departure(
        Departures& owner, access::AccountId account, ClientRecord::SubscriptionMap subscriptions
    )
        : owner_(owner), account_(account), subscriptions_(std::move(subscriptions)) {}

    ~Departure() override { reactor().forget(*this); }

    Departure(const Departure&) = delete;
    Departure& operator=(const Departure&) = delete;

    void start(std::list<Departure>::iterator place) {
        place_ = place;
        reactor().run_again(*this);
    }

    void run_turn_work() override {
        while (!subscriptions_.empty() && !reactor().work().slice_is_over()) {
            owner_.remove_first(account_, subscriptions_);
        }
        if (subscriptions_.empty()) {
            owner_.departures_.erase(place_);  // destroys this
        } else {
            reactor().run_again(*this);
        }
    }

    void finish() {
        while (!subscriptions_.empty()) {
            owner_.remove_first(account_, subscriptions_);
        }
    }

private:
    reactor::Reactor& reactor() const { return owner_.shard_.reactor(); }

    Departures& owner_;
    const access::AccountId account_;
    ClientRecord::SubscriptionMap subscriptions_;
    std::list<Departure>::iterator place_;
};

Departures::Departures(Shard& shard) : shard_(shard) {}

Departures::~Departures() = default;

void Departures::begin(
    access::AccountId account, ClientRecord::SubscriptionMap subscriptions, std::size_t memory
) {
    memory_ += memory;
    for (std::size_t count = 0; count < kAtOnce && !subscriptions.empty(); ++count) {
        remove_first(account, subscriptions);
    }
    if (!subscriptions.empty()) {
        Departure& added = departures_.emplace_back(*this, account, std::move(subscriptions));
        added.start(std::prev(departures_.end()));
    }
}

void Departures::remove_first(
    access::AccountId account, ClientRecord::SubscriptionMap& subscriptions
) {
    const auto first = subscriptions.begin();
    memory_ -= first->second.memory;
    remove(account, first->second);
    subscriptions.erase(first);
}

void Departures::remove(access::AccountId account, ActiveSubscription& subscription) {
    shard_.reactor().work().add(reactor::work::kSubscription);
    shard_.account().release_standing(record_memory(subscription));
    router::RoutingTable& table = shard_.router().table(account);
    const TableCharge charge(shard_.account(), table);
    shard_.interest().note(account, table.unsubscribe(subscription));
}

void Departures::finish() {
    for (Departure& departure : departures_) {
        departure.finish();
    }
    departures_.clear();
}

}  // namespace telex::exchange
