#pragma once
// The connections of one reactor, in the order of their numbers. A connection removes itself when
// it ends; it is destroyed at the end of that turn.
#include "base/ring.hpp"
#include "server/connection/handshake_turns.hpp"
#include "server/connection/turn_timers.hpp"
#include "telex/v1/admin.pb.h"

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
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

    HandshakeTurns& handshakes() { return handshakes_; }

    // `visit` may end connections.
    template <class Function>
    void for_each(Function&& visit);

    // A place in the order: what comes after it is found even if the connection there has ended.
    struct Place {
        std::uint64_t number = 0;
        Connection* connection = nullptr;  // that may have ended

        friend auto operator<=>(const Place&, const Place&) = default;
    };

    // The first connection after the place, which moves to it. Returns null at the end.
    Connection* next(Place& place) const;
    // Returns null if the connection has ended.
    Connection* find(const Place& place) const;
    Connection* find(std::uint64_t number) const;

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

private:
    struct Before {
        using is_transparent = void;

        static Place place_of(const std::unique_ptr<Connection>& connection);

        static Place place_of(const Place& place) { return place; }

        template <class Left, class Right>
        bool operator()(const Left& left, const Right& right) const {
            return place_of(left) < place_of(right);
        }
    };

    reactor::Reactor& reactor_;
    std::atomic<std::uint32_t>& load_;
    TurnTimers timers_;  // these two outlive the connections
    HandshakeTurns handshakes_;
    Ring<v1::ConnectionInfo> closed_;
    // By their numbers, which lie in the connections: a node is smaller than that of a map.
    std::set<std::unique_ptr<Connection>, Before> connections_;
};

template <class Function>
void ConnectionTable::for_each(Function&& visit) {
    std::vector<Place> now;
    now.reserve(connections_.size());
    for (const auto& connection : connections_) {
        now.push_back(Before::place_of(connection));
    }
    for (const Place& place : now) {
        if (connections_.contains(place)) {
            visit(*place.connection);
        }
    }
}

}  // namespace telex::server
