#pragma once
// Runs work in a turn at or after a given time: a reader whose user exceeds its rate, a connection
// whose time limit ends before the next round.
//
// Owner: one reactor's table of connections. Thread: that reactor's.
#include "base/time.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/deadlines.hpp"

#include <asio/steady_timer.hpp>

#include <cstddef>

namespace telex::server {

class TurnTimers {
public:
    // If more are due, the reactor has a turn before the others are queued.
    static constexpr std::size_t kMostAtOnce = 1'024;

    explicit TurnTimers(reactor::Reactor& reactor);

    // Runs `work` in a turn at or after `time`; replaces the time of an earlier call.
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
