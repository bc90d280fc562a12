#pragma once
// Routes runs of publications: one route, one check of each subscriber, one entry in the books for
// all messages of a run. Each message costs the copy into its subscribers' queues.
//
//   publish -> subscribers here
//           -> other reactors: one entry of a ForwardBatch -> receive -> subscribers there
//
// A run is taken only as far as nothing could happen to one of its messages that does not happen to
// all: no trace, credit, limit of messages, queue group, other account or full queue. The caller
// passes the others one by one to MessageRouter, so that each rule has one place.
//
// Each subscription gets the messages in their order. A client with several subscriptions gets
// those of a run for one of them, then for the next.
//
// Owner and thread: one shard.
#include "access/accounts.hpp"
#include "broker/client_id.hpp"
#include "broker/publication_run.hpp"
#include "exchange/client_record.hpp"
#include "router/route.hpp"

#include <cstddef>

namespace telex::exchange {

class Shard;

class MessageRuns {
public:
    struct Source {
        broker::ClientId publisher;
        access::AccountId account;
    };

    explicit MessageRuns(Shard& shard) : shard_(shard) {}

    // As broker::Port::publish_run.
    [[nodiscard]] std::size_t publish(const ClientRecord& from, const broker::PublicationRun& run);

    // The same for a run that a stream has accepted; it was counted as received before.
    [[nodiscard]] std::size_t route(const Source& source, const broker::PublicationRun& run);

    // A run that another reactor has forwarded, for the plain subscribers here. Returns the number
    // of messages that it has passed on; 0: the next one goes by MessageRouter.
    [[nodiscard]] std::size_t receive(const Source& source, const broker::PublicationRun& run);

private:
    // The messages that fit into the slice, at least one, if the subscribers here would get each of
    // them at once; else none.
    broker::PublicationRun acceptable(const router::Route& route, const broker::PublicationRun& run)
        const;
    void deliver(
        const router::Route& route, const Source& source, const broker::PublicationRun& run
    );
    void deliver(
        ActiveSubscription& subscription, const Source& source, const broker::PublicationRun& run
    );
    void forward(
        const router::Route& route, const Source& source, const broker::PublicationRun& run
    );

    Shard& shard_;
};

}  // namespace telex::exchange
