#include "server/connection/read_throttle.hpp"

#include <algorithm>

namespace telex::server {

std::size_t ReadThrottle::max_read(const access::User* user, TimePoint now) {
    if (!applies_to(user) || !user->limits.bytes_per_second) {
        return SIZE_MAX;
    }
    const std::uint64_t left = user->usage->bytes.available(*user->limits.bytes_per_second, now);
    return std::max<std::size_t>(left, kMinRead);
}

void ReadThrottle::draw_frame(const access::User& user, TimePoint now, std::uint64_t& throttled) {
    if (const auto& rate = user.limits.frames_per_second) {
        wait_for(user.usage->frames.draw(1, *rate, now), now, throttled);
    }
}

void ReadThrottle::draw_bytes(
    const access::User& user, std::size_t bytes, TimePoint now, std::uint64_t& throttled
) {
    if (const auto& rate = user.limits.bytes_per_second) {
        wait_for(user.usage->bytes.draw(bytes, *rate, now), now, throttled);
    }
}

void ReadThrottle::wait_for(
    std::chrono::nanoseconds wait, TimePoint now, std::uint64_t& throttled
) {
    if (wait > std::chrono::nanoseconds(0)) {
        until_ = std::max(until_, now + wait);
        ++throttled;
    }
}

}  // namespace telex::server
