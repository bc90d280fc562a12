#include "server/admin/inventory.hpp"

#include "server/connection/connection.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace telex::server {

namespace {

constexpr std::size_t kUsuallyListed = 100;

template <class Query>
std::size_t limit_of(const Query& query) {
    return query.limit() == 0 ? kUsuallyListed : std::min<std::size_t>(query.limit(), kMostListed);
}

// The largest first, and no more than `most`.
template <class Ranked>
void keep_largest(std::vector<Ranked>& ranked, std::size_t most) {
    const auto before = [](const Ranked& left, const Ranked& right) {
        return left.first > right.first;
    };
    const std::size_t kept = std::min(most, ranked.size());
    std::partial_sort(
        ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept), ranked.end(), before
    );
    ranked.resize(kept);
}

bool is_wanted(const v1::ListConnections& query, std::uint64_t number, std::string_view listener) {
    return (query.number() == 0 || query.number() == number) &&
           (query.listener().empty() || query.listener() == listener);
}

RankedConnections list_ended(const ConnectionTable& table, const v1::ListConnections& query) {
    RankedConnections result;
    table.for_each_closed([&](const v1::ConnectionInfo& info) {
        if (is_wanted(query, info.number(), info.listener())) {
            result.connections.emplace_back(info.closed_unix_nanoseconds(), info);
        }
    });
    result.total = result.connections.size();
    keep_largest(result.connections, limit_of(query));
    return result;
}

}  // namespace

RankedConnections list_connections(ConnectionTable& table, const v1::ListConnections& query) {
    if (query.closed()) {
        return list_ended(table, query);
    }
    std::vector<std::pair<std::uint64_t, const Connection*>> wanted;
    table.for_each([&](const Connection& connection) {
        if (is_wanted(query, connection.number(), connection.peer().listener)) {
            wanted.emplace_back(connection.rank(query.order()), &connection);
        }
    });
    RankedConnections result;
    result.total = wanted.size();
    keep_largest(wanted, limit_of(query));
    for (const auto& [rank, connection] : wanted) {
        result.connections.emplace_back(rank, connection->describe());
    }
    return result;
}

v1::ConnectionList merge(std::vector<RankedConnections> parts, const v1::ListConnections& query) {
    RankedConnections all;
    for (RankedConnections& part : parts) {
        all.total += part.total;
        std::move(
            part.connections.begin(), part.connections.end(), std::back_inserter(all.connections)
        );
    }
    keep_largest(all.connections, limit_of(query));
    v1::ConnectionList list;
    list.set_total(all.total);
    for (auto& [rank, info] : all.connections) {
        *list.add_connections() = std::move(info);
    }
    return list;
}

v1::SubscriptionList list_subscriptions(
    ConnectionTable& table, const v1::ListSubscriptions& query
) {
    std::vector<Connection*> connections;
    table.for_each([&](Connection& connection) {
        if (query.connection() == 0 || query.connection() == connection.number()) {
            connections.push_back(&connection);
        }
    });
    std::sort(connections.begin(), connections.end(), [](const auto* left, const auto* right) {
        return left->number() < right->number();
    });
    v1::SubscriptionList list;
    const auto most = static_cast<int>(limit_of(query));
    std::uint64_t total = 0;
    for (Connection* const connection : connections) {
        connection->for_each_filter([&](std::uint64_t id, std::string_view filter) {
            if (query.subject().empty() || wire::matches(filter, query.subject())) {
                ++total;
                if (list.subscriptions_size() < most) {
                    *list.add_subscriptions() = connection->describe_subscription(id);
                }
            }
        });
    }
    list.set_total(total);
    return list;
}

v1::SubscriptionList merge(
    std::vector<v1::SubscriptionList> parts, const v1::ListSubscriptions& query
) {
    std::vector<v1::SubscriptionInfo> all;
    v1::SubscriptionList list;
    for (v1::SubscriptionList& part : parts) {
        list.set_total(list.total() + part.total());
        std::move(
            part.mutable_subscriptions()->begin(),
            part.mutable_subscriptions()->end(),
            std::back_inserter(all)
        );
    }
    std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
        return std::tuple(left.connection(), left.id()) <
               std::tuple(right.connection(), right.id());
    });
    all.resize(std::min(all.size(), limit_of(query)));
    for (v1::SubscriptionInfo& info : all) {
        *list.add_subscriptions() = std::move(info);
    }
    return list;
}

}  // namespace telex::server
