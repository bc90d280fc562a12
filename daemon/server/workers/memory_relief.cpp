#include "server/workers/memory_relief.hpp"

#include "server/connection/connection.hpp"

#include <malloc.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <utility>

namespace telex::server {

namespace {

exchange::HolderKey key_of(Connection& connection) {
    return {connection.holder(), static_cast<unsigned>(std::bit_width(connection.memory()))};
}

}  // namespace

std::vector<exchange::Holding> MemoryRelief::take_stock(TimePoint now) {
    std::map<exchange::HolderKey, exchange::Holding> held;
    std::size_t leaving = 0;
    connections_.for_each([&](Connection& connection) {
        const std::size_t memory = connection.memory();
        if (connection.is_shed()) {
            if (connection.makes_way(now, kTimeToRead)) {
                leaving += memory;
            } else {
                connection.shed();
            }
        } else if (memory > 0) {
            exchange::Holding& holding = held[key_of(connection)];
            holding.bytes += memory;
            holding.granted = connection.granted_memory();
        }
    });
    std::vector<exchange::Holding> holdings;
    holdings.reserve(held.size() + 1);
    for (auto& [holders, holding] : held) {
        holding.holders = holders;
        holdings.push_back(holding);
    }
    holdings.push_back({.bytes = leaving, .leaving = true});
    return holdings;
}

void MemoryRelief::shed(const exchange::HolderKey& holders, std::size_t bytes) {
    std::vector<std::pair<std::size_t, Connection*>> chosen;
    connections_.for_each([&](Connection& connection) {
        const bool may_go = connection.memory() > 0 && !connection.is_shed();
        if (may_go && key_of(connection) == holders) {
            chosen.emplace_back(connection.memory(), &connection);
        }
    });
    std::sort(chosen.begin(), chosen.end(), std::greater<>());
    std::size_t freed = 0;
    for (const auto& [memory, connection] : chosen) {
        if (freed >= bytes) {
            break;
        }
        connection->shed();
        freed += memory;
    }
    // The budget limits the memory of the process: without this the allocator would keep what was
    // freed, and the next growth would come on top of it.
    ::malloc_trim(0);
}

}  // namespace telex::server
