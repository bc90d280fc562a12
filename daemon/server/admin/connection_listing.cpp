#include "server/admin/connection_listing.hpp"

#include "net/peer.hpp"
#include "server/connection/connection.hpp"

#include <map>

namespace telex::server {

ConnectionListing::ConnectionListing(
    ConnectionTable& table, reactor::WorkMeter& work, const v1::ListConnections& query
)
    : table_(&table),
      work_(&work),
      query_(query),
      search_(query.search()),
      first_(parse_cursor(query.after()), most_listed(query)) {}

bool ConnectionListing::run() {
    if (query_.closed()) {
        list_closed();
        return true;
    }
    return rank_all() && describe_all();
}

// At most a hundred.
void ConnectionListing::list_closed() {
    std::map<RowKey, const v1::ConnectionInfo*> wanted;
    table_->for_each_closed([&](const v1::ConnectionInfo& info) {
        if (is_wanted(info)) {
            const auto ended = static_cast<std::uint64_t>(info.closed_unix_nanoseconds());
            const RowKey key = placed({ended, info.number(), 0});
            wanted.emplace(key, &info);
            first_.offer(key);
        }
    });
    result_.total = wanted.size();
    result_.after = first_.offered();
    for (const RowKey& key : first_.take()) {
        result_.rows.emplace_back(key, *wanted.at(key));
    }
}

bool ConnectionListing::rank_all() {
    while (!ranked_all_ && !work_->slice_is_over()) {
        const Connection* const connection = table_->next(place_);
        if (connection == nullptr) {
            result_.after = first_.offered();
            shown_ = first_.take();
            ranked_all_ = true;
        } else if (is_wanted(*connection)) {
            ++result_.total;
            first_.offer(placed({connection->rank(query_.order()), connection->number(), 0}));
        }
        work_->add(reactor::work::kListEntry);
    }
    return ranked_all_;
}

bool ConnectionListing::describe_all() {
    while (!shown_.empty() && !work_->slice_is_over()) {
        const RowKey key = shown_.back();
        shown_.pop_back();
        const Connection* const connection = table_->find(placed(key).connection);
        if (connection != nullptr) {
            result_.rows.emplace_back(key, connection->describe());
        }
        work_->add(reactor::work::kListEntry);
    }
    return shown_.empty();
}

bool ConnectionListing::is_wanted(const Connection& connection) const {
    if (!selects(connection.number(), connection.listener_name())) {
        return false;
    }
    return search_.is_empty() || search_.finds_any(
                                     {connection.peer_text(),
                                      connection.listener_name(),
                                      connection.user_name(),
                                      connection.client_name()}
                                 );
}

bool ConnectionListing::is_wanted(const v1::ConnectionInfo& closed) const {
    return selects(closed.number(), closed.listener()) &&
           search_.finds_any({closed.peer(), closed.listener(), closed.user(), closed.client_name()}
           );
}

bool ConnectionListing::selects(std::uint64_t number, std::string_view listener) const {
    return (query_.number() == 0 || query_.number() == number) &&
           (query_.listener().empty() || query_.listener() == listener);
}

}  // namespace telex::server
