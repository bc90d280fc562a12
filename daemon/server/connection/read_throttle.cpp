#include "server/connection/read_throttle.hpp"

#include <algorithm>

namespace telex::server {

bool ReadThrottle::received(
    const access::User* user, std::uint64_t frames, std::size_t bytes, TimePoint now
) {
    if (user == nullptr || !user->limits.limits_rate()) {
        return false;
    }
    const access::UserLimits& limits = user->limits;
    std::chrono::nanoseconds wait{0};
    if (limits.frames_per_second) {
        wait = user->usage->frames.draw(frames, *limits.frames_per_second, now);
    }
    if (limits.bytes_per_second) {
        wait = std::max(wait, user->usage->bytes.draw(bytes, *limits.bytes_per_second, now));
    }
    if (wait <= std::chrono::nanoseconds(0)) {
        return false;
    }
    until_ = now + wait;
    return true;
}

}  // namespace telex::server
