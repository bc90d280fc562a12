#pragma once
// Operators' lists of subscriptions: the part of one reactor. Made in slices, as the lists of
// connection_listing.hpp.
#include "exchange/client_record.hpp"
#include "reactor/work_meter.hpp"
#include "server/admin/list_page.hpp"
#include "server/admin/text_search.hpp"
#include "server/connection/connection.hpp"
#include "server/connection/connection_table.hpp"
#include "telex/v1/admin.pb.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace telex::server {

// Owned by its query. Thread: the reactor's of the table, which outlives it.
class SubscriptionListing {
public:
    using Part = ListPart<v1::SubscriptionInfo>;

    SubscriptionListing(
        ConnectionTable& table, reactor::WorkMeter& work, const v1::ListSubscriptions& query
    );

    // Until the slice is over. Returns true when the list is complete.
    bool run();

    Part take() { return std::move(result_); }

private:
    // Each returns true when it is done.
    bool rank_all();
    bool rank_some(Connection& connection);
    bool describe_all();

    Connection* next_connection();
    void offer(Connection& connection, const Connection::Filter& filter);
    bool is_wanted(
        const Connection& connection,
        const Connection::Filter& filter,
        const exchange::ActiveSubscription& subscription
    ) const;

    // From a key of a row to its place in the list, and back.
    RowKey placed(const RowKey& key) const { return query_.reverse() ? key.reversed() : key; }

    std::uint64_t rank_of(const exchange::ActiveSubscription& subscription) const;

    ConnectionTable* table_;
    reactor::WorkMeter* work_;
    v1::ListSubscriptions query_;
    TextSearch search_;
    bool ranked_all_ = false;
    ConnectionTable::Place place_;
    std::uint64_t id_ = 0;  // the last one that was ranked of the connection there
    FirstKeys first_;
    std::vector<RowKey> shown_;  // not described yet, the last one first
    Part result_;
};

}  // namespace telex::server
