#pragma once
// The connections of one reactor. A connection removes itself when it ends; it is destroyed at the
// end of that turn.
#include "base/ring.hpp"
#include "server/connection/turn_timers.hpp"
#include "telex/v1/admin.pb.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace telex::server {

class Connection;

class ConnectionTable {
public:
    // The caller counts each connection in `load` before it adds it; remove() uncounts it.
    ConnectionTable(reactor::Reactor& reactor, std::atomic<std::uint32_t>& load);
    ~ConnectionTable();
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    Connection& add(std::unique_ptr<Connection> connection);
    // Called by the connection itself.
    void remove(Connection& connection);

    std::size_t size() const { return connections_.size(); }

    TurnTimers& timers() { return timers_; }

    // `visit` may end connections.
    template <class Function>
    void for_each(Function&& visit);
    // Ends the connection if it still exists: a new one has its slot.
    void displace(Connection* connection, std::uint64_t number);

    // Keeps the last hundred closed connections, for operators.
    void remember(v1::ConnectionInfo closed);

    // Oldest first; calls `visit(const v1::ConnectionInfo&)`.
    template <class Function>
    void for_each_closed(Function&& visit) const {
        for (std::size_t i = 0; i < closed_.size(); ++i) {
            visit(closed_[i]);
        }
    }

    // Returns the connection that holds the most memory, or null if none holds any.
    Connection* largest_holder() const;

private:
    reactor::Reactor& reactor_;
    std::atomic<std::uint32_t>& load_;
    TurnTimers timers_;  // outlives the connections
    Ring<v1::ConnectionInfo> closed_;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

template <class Function>
void ConnectionTable::for_each(Function&& visit) {
    std::vector<Connection*> now;
    now.reserve(connections_.size());
    for (const auto& [connection, owner] : connections_) {
        now.push_back(connection);
    }
    for (Connection* connection : now) {
        if (connections_.contains(connection)) {
            visit(*connection);
        }
    }
}

}  // namespace telex::server
