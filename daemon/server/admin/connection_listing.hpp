#pragma once
// Operators' lists of connections: the part of one reactor.
//
// A list of a hundred thousand entries takes longer than a slice: it is made in several turns.
// Entries that end meanwhile are left out, and new ones may be. Only entries that the page shows
// are described.
#include "reactor/work_meter.hpp"
#include "server/admin/list_page.hpp"
#include "server/admin/text_search.hpp"
#include "server/connection/connection_table.hpp"
#include "telex/v1/admin.pb.h"

#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {

// Owned by its query. Thread: the reactor's of the table, which outlives it.
class ConnectionListing {
public:
    using Part = ListPart<v1::ConnectionInfo>;

    ConnectionListing(
        ConnectionTable& table, reactor::WorkMeter& work, const v1::ListConnections& query
    );

    // Until the slice is over. Returns true when the list is complete.
    bool run();

    Part take() { return std::move(result_); }

private:
    void list_closed();
    bool is_wanted(const Connection& connection) const;
    bool is_wanted(const v1::ConnectionInfo& closed) const;
    bool selects(std::uint64_t number, std::string_view listener) const;

    // From a key of a row to its place in the list, and back.
    RowKey placed(const RowKey& key) const { return query_.reverse() ? key.reversed() : key; }

    // Each returns true when it is done.
    bool rank_all();
    bool describe_all();

    ConnectionTable* table_;
    reactor::WorkMeter* work_;
    v1::ListConnections query_;
    TextSearch search_;
    bool ranked_all_ = false;
    ConnectionTable::Place place_;
    FirstKeys first_;
    std::vector<RowKey> shown_;  // not described yet, the last one first
    Part result_;
};

}  // namespace telex::server
