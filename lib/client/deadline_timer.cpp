#include "client/deadline_timer.hpp"

#include <algorithm>

namespace telex::client {

void DeadlineTimer::arm(std::optional<TimePoint> next) {
    if (!next || *next >= armed_for_) {
        return;
    }
    armed_for_ = *next;
    timer_.expires_at(std::max(*next, Clock::now()));
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) {
            armed_for_ = TimePoint::max();
            on_due_();
        }
    });
}

}  // namespace telex::client
