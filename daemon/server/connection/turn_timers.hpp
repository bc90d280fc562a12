#pragma once
// Work of a turn that has to wait until a certain time: a reader whose user has sent more than its
// rate allows, a connection that has a limit of time before the next second's round.
//
// Owner: one reactor's table of connections. Thread: that reactor's.
#include "reactor/reactor.hpp"
#include "server/connection/deadlines.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>

namespace telex::server {

class TurnTimers {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit TurnTimers(reactor::Reactor& reactor);

    // Runs `work` in a turn at or after that time, instead of at the time of an earlier call.
    void run_at(TimePoint time, reactor::TurnWork& work);
    void forget(reactor::TurnWork& work);

private:
    void arm();
    void run_due();

    reactor::Reactor& reactor_;
    asio::steady_timer timer_;
    Deadlines<reactor::TurnWork*> waiting_;
};

}  // namespace telex::server
