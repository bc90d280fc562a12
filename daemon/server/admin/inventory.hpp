#pragma once
// Operators' lists: the part of one reactor, and merging of the parts.
//
// A list is cut to its limit on each reactor, before anything is described: with 100,000
// connections a question costs a reactor a look at one number of each, not 100,000 descriptions.
#include "server/connection/connection_table.hpp"
#include "telex/v1/admin.pb.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace telex::server {

inline constexpr std::size_t kMostListed = 1'000;

struct RankedConnections {
    std::uint64_t total = 0;
    // The largest first.
    std::vector<std::pair<std::uint64_t, v1::ConnectionInfo>> connections;
};

// On the reactor of the table.
RankedConnections list_connections(ConnectionTable& table, const v1::ListConnections& query);
v1::SubscriptionList list_subscriptions(ConnectionTable& table, const v1::ListSubscriptions& query);

// Anywhere.
v1::ConnectionList merge(std::vector<RankedConnections> parts, const v1::ListConnections& query);
v1::SubscriptionList merge(
    std::vector<v1::SubscriptionList> parts, const v1::ListSubscriptions& query
);

}  // namespace telex::server
