#include "server/connection/connection_table.hpp"

#include "server/connection/connection.hpp"

namespace telex::server {

namespace {

constexpr std::size_t kRemembered = 100;

}  // namespace

ConnectionTable::ConnectionTable(reactor::Reactor& reactor, std::atomic<std::uint32_t>& load)
    : reactor_(reactor), load_(load), timers_(reactor), handshakes_(reactor) {}

ConnectionTable::~ConnectionTable() = default;

ConnectionTable::Place ConnectionTable::Before::place_of(
    const std::unique_ptr<Connection>& connection
) {
    return {connection->number(), connection.get()};
}

Connection& ConnectionTable::add(std::unique_ptr<Connection> connection) {
    Connection& added = *connection;
    connections_.insert(std::move(connection));
    return added;
}

void ConnectionTable::remove(Connection& connection) {
    const auto found = connections_.find(Place{connection.number(), &connection});
    if (found != connections_.end()) {
        reactor_.retire(std::move(connections_.extract(found).value()));
        load_.fetch_sub(1, std::memory_order_relaxed);
    }
}

void ConnectionTable::displace(Connection* connection, std::uint64_t number) {
    // The number distinguishes it from a later connection at the same memory address.
    if (connections_.contains(Place{number, connection})) {
        connection->displaced();
    }
}

Connection* ConnectionTable::next(Place& place) const {
    const auto found = connections_.upper_bound(place);
    if (found == connections_.end()) {
        return nullptr;
    }
    place = Before::place_of(*found);
    return place.connection;
}

Connection* ConnectionTable::find(const Place& place) const {
    return connections_.contains(place) ? place.connection : nullptr;
}

Connection* ConnectionTable::find(std::uint64_t number) const {
    const auto found = connections_.lower_bound(Place{number, nullptr});
    const bool there = found != connections_.end() && (*found)->number() == number;
    return there ? found->get() : nullptr;
}

void ConnectionTable::remember(v1::ConnectionInfo closed) {
    if (closed_.size() == kRemembered) {
        closed_.pop_front();
    }
    closed_.push_back(std::move(closed));
}

}  // namespace telex::server
