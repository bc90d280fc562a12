#pragma once
// Frees memory of one reactor's connections when the memory budget is exceeded: adds up what they
// hold, by owner and magnitude, and disconnects those that the overload manager has chosen.
//
// Each of them receives an error. It may go on reading: its connection is ended once its memory has
// not become less for a moment.
//
// Owner: the worker. Thread: the reactor's.
#include "base/time.hpp"
#include "exchange/holding.hpp"
#include "server/connection/connection_table.hpp"
#include "session/transport.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace telex::server {

class MemoryRelief {
public:
    static constexpr std::chrono::milliseconds kTimeToRead{100};

    explicit MemoryRelief(ConnectionTable& connections) : connections_(connections) {}

    // Ends the connections that have had their time to read.
    std::vector<exchange::Holding> take_stock(TimePoint now);
    // Disconnects some of them, the largest first, until `bytes` are free or about to be.
    void shed(const exchange::HolderKey& holders, std::size_t bytes);

private:
    ConnectionTable& connections_;
};

}  // namespace telex::server
