#pragma once
// Flushes: reports when everything that a client published has reached the queues of its
// subscribers on all reactors, and every subscription that it made is active there.
//
// Batches and rounds of interest between two reactors are applied in order, so a query that is
// posted after them is replied to after them. All flushes of a turn share one round of queries. A
// message that its target had to pass on, because a group's member left meanwhile, is not waited
// for.
//
// Owner and thread: one shard.
#include "exchange/client_table.hpp"
#include "exchange/forwarding.hpp"
#include "exchange/interest_rounds.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::exchange {

class Exchange;

class FlushRounds {
public:
    FlushRounds(
        Exchange& exchange,
        reactor::Reactor& reactor,
        const ClientTable& clients,
        const Forwarding& forwarding,
        const InterestRounds& interest
    )
        : exchange_(exchange),
          reactor_(reactor),
          clients_(clients),
          forwarding_(forwarding),
          interest_(interest) {}

    // Client::on_flushed follows, at once if nothing is under way.
    void flush(ClientRecord& client, std::uint64_t id);
    // At the end of a turn, after the batches and the round of interest were sent.
    void begin();

private:
    struct Flush {
        ClientId client;
        std::uint64_t id;
    };

    // The flushes of one turn; `missing` reactors have not replied yet.
    struct Round {
        std::vector<Flush> flushes;
        std::size_t missing = 0;
    };

    bool is_awaited(std::size_t target) const;
    void end(const Round& round);

    Exchange& exchange_;
    reactor::Reactor& reactor_;
    const ClientTable& clients_;
    const Forwarding& forwarding_;
    const InterestRounds& interest_;
    std::vector<Flush> flushes_;
    // One of their clients has a subscription that some reactor may not know yet.
    bool await_subscriptions_ = false;
};

}  // namespace telex::exchange
