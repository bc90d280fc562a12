#include "server/admin/inventory.hpp"

#include "server/connection/connection.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace telex::server {

namespace {

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

// The smallest is the first of the heap.
constexpr auto kByRank = [](const auto& left, const auto& right) {
    return left.first > right.first;
};

}  // namespace

ConnectionListing::ConnectionListing(
    ConnectionTable& table, reactor::WorkMeter& work, const v1::ListConnections& query
)
    : table_(&table), work_(&work), query_(query), most_(most_listed(query)) {}

bool ConnectionListing::run() {
    if (query_.closed()) {
        list_closed();
        return true;
    }
    return rank_all() && describe_all();
}

void ConnectionListing::list_closed() {
    table_->for_each_closed([&](const v1::ConnectionInfo& info) {
        if (is_wanted(query_, info.number(), info.listener())) {
            result_.connections.emplace_back(info.closed_unix_nanoseconds(), info);
        }
    });
    result_.total = result_.connections.size();
    keep_largest(result_.connections, most_);
}

bool ConnectionListing::rank_all() {
    while (!ranked_all_ && !work_->slice_is_over()) {
        const Connection* const connection = table_->next(place_);
        if (connection == nullptr) {
            std::sort_heap(largest_.begin(), largest_.end(), kByRank);
            std::reverse(largest_.begin(), largest_.end());
            ranked_all_ = true;
        } else if (is_wanted(query_, connection->number(), connection->listener_name())) {
            ++result_.total;
            keep_if_large({connection->rank(query_.order()), place_});
        }
        work_->add(reactor::work::kListEntry);
    }
    return ranked_all_;
}

void ConnectionListing::keep_if_large(const Ranked& ranked) {
    if (largest_.size() == most_) {
        if (!kByRank(ranked, largest_.front())) {
            return;
        }
        std::pop_heap(largest_.begin(), largest_.end(), kByRank);
        largest_.pop_back();
    }
    largest_.push_back(ranked);
    std::push_heap(largest_.begin(), largest_.end(), kByRank);
}

bool ConnectionListing::describe_all() {
    while (!largest_.empty() && !work_->slice_is_over()) {
        const auto [rank, place] = largest_.back();
        largest_.pop_back();
        if (const Connection* const connection = table_->find(place); connection != nullptr) {
            result_.connections.emplace_back(rank, connection->describe());
        }
        work_->add(reactor::work::kListEntry);
    }
    return largest_.empty();
}

v1::ConnectionList merge(std::vector<RankedConnections> parts, const v1::ListConnections& query) {
    RankedConnections all;
    for (RankedConnections& part : parts) {
        all.total += part.total;
        std::move(
            part.connections.begin(), part.connections.end(), std::back_inserter(all.connections)
        );
    }
    keep_largest(all.connections, most_listed(query));
    v1::ConnectionList list;
    list.set_total(all.total);
    for (auto& [rank, info] : all.connections) {
        *list.add_connections() = std::move(info);
    }
    return list;
}

SubscriptionListing::SubscriptionListing(
    ConnectionTable& table, reactor::WorkMeter& work, const v1::ListSubscriptions& query
)
    : table_(&table),
      work_(&work),
      query_(query),
      most_(static_cast<int>(most_listed(query))),
      place_{query.connection(), nullptr} {}  // the wanted one comes next

bool SubscriptionListing::run() {
    Connection* connection = table_->find(place_);
    do {
        if (connection != nullptr && !list_some(*connection)) {
            return false;
        }
        connection = next_connection();
        work_->add(reactor::work::kListEntry);
    } while (connection != nullptr);
    return true;
}

Connection* SubscriptionListing::next_connection() {
    id_ = 0;
    Connection* const connection = table_->next(place_);
    const bool wanted = connection != nullptr &&
                        (query_.connection() == 0 || query_.connection() == connection->number());
    return wanted ? connection : nullptr;
}

bool SubscriptionListing::list_some(Connection& connection) {
    while (!work_->slice_is_over()) {
        const auto filter = connection.filter_after(id_);
        if (!filter) {
            return true;
        }
        id_ = filter->id;
        work_->add(reactor::work::kListEntry);
        if (query_.subject().empty() || wire::matches(filter->text, query_.subject())) {
            list_.set_total(list_.total() + 1);
            if (list_.subscriptions_size() < most_) {
                *list_.add_subscriptions() = connection.describe_subscription(id_);
            }
        }
    }
    return false;
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
    all.resize(std::min(all.size(), most_listed(query)));
    for (v1::SubscriptionInfo& info : all) {
        *list.add_subscriptions() = std::move(info);
    }
    return list;
}

}  // namespace telex::server
