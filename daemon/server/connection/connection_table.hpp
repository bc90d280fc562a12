#pragma once
// The connections and datagram peers of one reactor: who they are, and what is done to all of them.
// A connection takes itself out when it is gone; it is destroyed at the end of that turn.
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
    // Every connection added was counted in `load` before, and is taken off when it is removed.
    ConnectionTable(reactor::Reactor& reactor, std::atomic<std::uint32_t>& load);
    ~ConnectionTable();
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    Connection& add(std::unique_ptr<Connection> connection);
    // Called by the connection itself.
    void remove(Connection& connection);

    std::size_t size() const { return connections_.size(); }

    TurnTimers& timers() { return timers_; }

    // `visit` may end connections: they leave the table at the end of the turn or, when they are
    // aborted, at once; both are fine.
    template <class Function>
    void for_each(Function&& visit);
    // Ends the connection if it is still here: a newcomer has its place.
    void displace(Connection* connection, std::uint64_t number);

    // One that has ended, for operators: the last hundred are kept.
    void remember(v1::ConnectionInfo ended);

    // Oldest first; calls `visit(const v1::ConnectionInfo&)`.
    template <class Function>
    void for_each_ended(Function&& visit) const {
        for (std::size_t i = 0; i < ended_.size(); ++i) {
            visit(ended_[i]);
        }
    }

    // The one that holds the most memory, or null when none holds any.
    Connection* largest_holder() const;

private:
    reactor::Reactor& reactor_;
    std::atomic<std::uint32_t>& load_;
    TurnTimers timers_;  // outlives the connections
    Ring<v1::ConnectionInfo> ended_;
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
