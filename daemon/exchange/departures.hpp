#pragma once
// Removes the subscriptions of clients that have left from the routing tables.
//
//   client leaves --> its subscriptions are retired at once: they receive nothing more
//                 \-> a departure removes them, a share of work at a time
//
// A client may have ten thousand subscriptions, and the removal of one costs about a microsecond
// here and on every other reactor. Each departure waits in the reactor's queue like a connection.
// Until they are removed the subscriptions are charged to the memory budget, but to no client.
//
// Owner and thread: one shard.
#include "access/accounts.hpp"
#include "exchange/client_record.hpp"

#include <cstddef>
#include <list>

namespace telex::exchange {

class Shard;

class Departures {
public:
    // Not worth a slice: this number is removed at once.
    static constexpr std::size_t kAtOnce = 32;

    explicit Departures(Shard& shard);
    ~Departures();
    Departures(const Departures&) = delete;
    Departures& operator=(const Departures&) = delete;

    // Takes the subscriptions of a client, which are retired. `memory`: what all of them take. Not
    // while a message is routed.
    void begin(
        access::AccountId account, ClientRecord::SubscriptionMap subscriptions, std::size_t memory
    );
    // Removes one subscription, retired or not, from the table and the interest of the other
    // reactors.
    void remove(access::AccountId account, ActiveSubscription& subscription);
    // Removes all that are left, before the routing tables are destroyed.
    void finish();

    // Memory of the subscriptions that are left, on all reactors.
    std::size_t memory() const { return memory_; }

private:
    class Departure;

    void remove_first(access::AccountId account, ClientRecord::SubscriptionMap& subscriptions);

    Shard& shard_;
    std::list<Departure> departures_;
    std::size_t memory_ = 0;
};

}  // namespace telex::exchange
