#include "server/connection/time_limits.hpp"

#include <algorithm>

namespace telex::server {

TimePoint TimeLimits::frame_end(
    TimePoint began, std::size_t received_bytes, std::chrono::milliseconds timeout
) {
    return began + timeout + std::chrono::seconds(received_bytes / kMinBytesPerSecond);
}

TimePoint TimeLimits::next() const {
    return *std::min_element(ends_.begin(), ends_.end());
}

std::optional<TimePoint> LimitTimer::watch(TimePoint end, TimePoint now) {
    if (end >= set_for_ || end - now >= kRound) {
        return std::nullopt;
    }
    set_for_ = std::max(end, now + kGrain);
    return set_for_;
}

}  // namespace telex::server
