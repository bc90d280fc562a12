#pragma once
// Visits the connections of one reactor once, in slices: there may be ten thousand. Connections
// that begin meanwhile may be visited, too.
//
// A job of Workers::ask_all_in_slices. Thread: the reactor's of the table, which outlives it.
#include "reactor/work_meter.hpp"
#include "server/connection/connection_table.hpp"

#include <functional>

namespace telex::server {

class ConnectionSweep {
public:
    // May end the connection. Returns false if the slice is over and the connection must be
    // visited again.
    using Visit = std::function<bool(Connection&)>;

    ConnectionSweep(const ConnectionTable& table, reactor::WorkMeter& work, Visit visit);

    // Until the slice is over. Returns true when all were visited.
    bool run();

    // No reply.
    char take() const { return {}; }

private:
    const ConnectionTable* table_;
    reactor::WorkMeter* work_;
    Visit visit_;
    ConnectionTable::Place place_;
    bool again_ = false;  // the connection there
};

}  // namespace telex::server
