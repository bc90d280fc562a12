#include "server/read_delays.hpp"

namespace telex::server {

ReadDelays::ReadDelays(reactor::Reactor& reactor) : reactor_(reactor), timer_(reactor.io()) {}

void ReadDelays::run_at(TimePoint time, reactor::TurnWork& reader) {
    forget(reader);
    const auto added = waiting_.emplace(time, &reader);
    if (added == waiting_.begin()) {
        arm();
    }
}

// Few wait at a time: those whose users are over their rate.
void ReadDelays::forget(const reactor::TurnWork& reader) {
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second == &reader; });
}

void ReadDelays::arm() {
    timer_.expires_at(waiting_.begin()->first);
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            run_due();
        }
    });
}

void ReadDelays::run_due() {
    const TimePoint now = std::chrono::steady_clock::now();
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
        reactor::TurnWork* const reader = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        reactor_.run_again(*reader);
    }
    if (!waiting_.empty()) {
        arm();
    }
}

}  // namespace telex::server
