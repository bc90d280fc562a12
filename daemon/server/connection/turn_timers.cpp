#include "server/connection/turn_timers.hpp"

namespace telex::server {

TurnTimers::TurnTimers(reactor::Reactor& reactor) : reactor_(reactor), timer_(reactor.io()) {}

void TurnTimers::run_at(TimePoint time, reactor::TurnWork& work) {
    if (waiting_.set(&work, time)) {
        arm();
    }
}

void TurnTimers::forget(reactor::TurnWork& work) {
    waiting_.forget(&work);
}

void TurnTimers::arm() {
    const auto earliest = waiting_.earliest();
    if (!earliest) {
        return;
    }
    timer_.expires_at(*earliest);
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            run_due();
        }
    });
}

void TurnTimers::run_due() {
    const TimePoint now = Clock::now();
    for (std::size_t i = 0; i < kMostAtOnce; ++i) {
        const auto due = waiting_.take_due(now);
        if (!due) {
            break;
        }
        reactor_.run_again(**due);
    }
    arm();
}

}  // namespace telex::server
