#pragma once
// Readers that have to wait for a moment, because their user has sent more than its rate allows.
//
// Owner: one reactor's table of connections. Thread: that reactor's.
#include "reactor/reactor.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <map>

namespace telex::server {

class ReadDelays {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit ReadDelays(reactor::Reactor& reactor);

    // Runs `reader` in a turn at or after that time, instead of an earlier wish.
    void run_at(TimePoint time, reactor::TurnWork& reader);
    void forget(const reactor::TurnWork& reader);

private:
    void arm();
    void run_due();

    reactor::Reactor& reactor_;
    asio::steady_timer timer_;
    std::multimap<TimePoint, reactor::TurnWork*> waiting_;
};

}  // namespace telex::server
