#pragma once
// Operators' lists: the part of one reactor, and merging of the parts.
//
// A list of a hundred thousand entries takes longer than a slice: it is made in several turns.
// Entries that end meanwhile are left out, and new ones may be. Only entries that the list shows
// are described.
#include "reactor/work_meter.hpp"
#include "server/connection/connection_table.hpp"
#include "telex/v1/admin.pb.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace telex::server {

inline constexpr std::size_t kMostListed = 1'000;
inline constexpr std::size_t kUsuallyListed = 100;

// The number of entries that a query asks for.
template <class Query>
std::size_t most_listed(const Query& query) {
    return query.limit() == 0 ? kUsuallyListed : std::min<std::size_t>(query.limit(), kMostListed);
}

struct RankedConnections {
    std::uint64_t total = 0;
    // The largest first.
    std::vector<std::pair<std::uint64_t, v1::ConnectionInfo>> connections;
};

// Owned by its query. Thread: the reactor's of the table, which outlives it.
class ConnectionListing {
public:
    ConnectionListing(
        ConnectionTable& table, reactor::WorkMeter& work, const v1::ListConnections& query
    );

    // Until the slice is over. Returns true when the list is complete.
    bool run();

    RankedConnections take() { return std::move(result_); }

private:
    using Ranked = std::pair<std::uint64_t, ConnectionTable::Place>;

    void list_closed();
    // Each returns true when it is done.
    bool rank_all();
    bool describe_all();
    void keep_if_large(const Ranked& ranked);

    ConnectionTable* table_;
    reactor::WorkMeter* work_;
    v1::ListConnections query_;
    std::size_t most_;
    bool ranked_all_ = false;
    ConnectionTable::Place place_;
    std::vector<Ranked> largest_;  // a heap, the smallest first; then sorted, the largest last
    RankedConnections result_;
};

// By connection and id. Owned by its query. Thread: the reactor's of the table.
class SubscriptionListing {
public:
    SubscriptionListing(
        ConnectionTable& table, reactor::WorkMeter& work, const v1::ListSubscriptions& query
    );

    // Until the slice is over. Returns true when the list is complete.
    bool run();

    v1::SubscriptionList take() { return std::move(list_); }

private:
    Connection* next_connection();
    // Returns true if no subscription of this connection is left.
    bool list_some(Connection& connection);

    ConnectionTable* table_;
    reactor::WorkMeter* work_;
    v1::ListSubscriptions query_;
    int most_;
    ConnectionTable::Place place_;
    std::uint64_t id_ = 0;  // the last one that was listed of the connection there
    v1::SubscriptionList list_;
};

// Anywhere.
v1::ConnectionList merge(std::vector<RankedConnections> parts, const v1::ListConnections& query);
v1::SubscriptionList merge(
    std::vector<v1::SubscriptionList> parts, const v1::ListSubscriptions& query
);

}  // namespace telex::server
