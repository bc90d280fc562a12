#include "server/admin/subscription_listing.hpp"

#include "router/routing_table.hpp"
#include "wire/subject.hpp"

namespace telex::server {

SubscriptionListing::SubscriptionListing(
    ConnectionTable& table, reactor::WorkMeter& work, const v1::ListSubscriptions& query
)
    : table_(&table),
      work_(&work),
      query_(query),
      search_(query.search()),
      place_{query.connection(), nullptr},  // the wanted one comes next
      first_(parse_cursor(query.after()), most_listed(query)) {}

bool SubscriptionListing::run() {
    return (ranked_all_ || rank_all()) && describe_all();
}

bool SubscriptionListing::rank_all() {
    Connection* connection = table_->find(place_);
    do {
        if (connection != nullptr && !rank_some(*connection)) {
            return false;
        }
        connection = next_connection();
        work_->add(reactor::work::kListEntry);
    } while (connection != nullptr);
    result_.after = first_.offered();
    shown_ = first_.take();
    ranked_all_ = true;
    return true;
}

Connection* SubscriptionListing::next_connection() {
    id_ = 0;
    Connection* const connection = table_->next(place_);
    const bool wanted = connection != nullptr &&
                        (query_.connection() == 0 || query_.connection() == connection->number());
    return wanted ? connection : nullptr;
}

bool SubscriptionListing::rank_some(Connection& connection) {
    while (!work_->slice_is_over()) {
        const auto filter = connection.filter_after(id_);
        if (!filter) {
            return true;
        }
        id_ = filter->id;
        work_->add(reactor::work::kListEntry);
        offer(connection, *filter);
    }
    return false;
}

void SubscriptionListing::offer(Connection& connection, const Connection::Filter& filter) {
    const auto& subscription = *connection.record().find_subscription(filter.id);
    if (is_wanted(connection, filter, subscription)) {
        ++result_.total;
        first_.offer(placed({rank_of(subscription), connection.number(), filter.id}));
    }
}

bool SubscriptionListing::is_wanted(
    const Connection& connection,
    const Connection::Filter& filter,
    const exchange::ActiveSubscription& subscription
) const {
    if (!query_.subject().empty() && !wire::matches(filter.text, query_.subject())) {
        return false;
    }
    return search_.finds_any(
        {filter.text,
         router::RoutingTable::group_of(subscription),
         connection.user_name(),
         connection.client_name()}
    );
}

bool SubscriptionListing::describe_all() {
    while (!shown_.empty() && !work_->slice_is_over()) {
        const RowKey key = shown_.back();
        shown_.pop_back();
        const auto [rank, number, id] = placed(key);
        Connection* const connection = table_->find(number);
        if (connection != nullptr && connection->has_subscription(id)) {
            result_.rows.emplace_back(key, connection->describe_subscription(id));
        }
        work_->add(reactor::work::kListEntry);
    }
    return shown_.empty();
}

std::uint64_t SubscriptionListing::rank_of(const exchange::ActiveSubscription& subscription) const {
    switch (query_.order()) {
        case v1::ListSubscriptions::BY_DELIVERED_MESSAGES:
            return subscription.delivered;
        case v1::ListSubscriptions::BY_DROPPED_MESSAGES:
            return subscription.dropped;
        case v1::ListSubscriptions::BY_HELD_MESSAGES:
            return subscription.held.size();
        default:
            return ~subscription.record().client().number();
    }
}

}  // namespace telex::server
