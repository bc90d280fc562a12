#include "app/history_sampler.hpp"

#include "base/time.hpp"
#include "server/server.hpp"

#include <asio/post.hpp>

namespace telex::app {

void HistorySampler::start() {
    timer_.expires_at(Clock::now());
    sample();
    wait_for_next();
}

void HistorySampler::stop() {
    stopped_ = true;
    timer_.cancel();
}

void HistorySampler::sample() {
    if (waits_for_reactors_) {
        return;
    }
    waits_for_reactors_ = true;
    server_.collect_stats([this, &control = control_](const v1::ServerStats& stats) {
        asio::post(control, [this, stats] {
            waits_for_reactors_ = false;
            history_.add(Clock::now(), stats);
        });
    });
}

// At whole steps from the first sample, also after the process was stopped: the history counts
// them.
void HistorySampler::wait_for_next() {
    constexpr auto kStep = admin::History::kFineStep;
    const auto passed = (Clock::now() - timer_.expiry()) / kStep;
    timer_.expires_at(timer_.expiry() + (passed + 1) * kStep);
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error && !stopped_) {
            sample();
            wait_for_next();
        }
    });
}

}  // namespace telex::app
