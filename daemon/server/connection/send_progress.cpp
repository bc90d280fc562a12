#include "server/connection/send_progress.hpp"

#include <algorithm>

namespace telex::server {

bool SendProgress::needs_observation(std::uint64_t written, bool pending) {
    if (taken_ == written && !pending) {
        waits_ = false;
        return false;
    }
    return true;
}

void SendProgress::observe(
    TimePoint now, std::uint64_t written, std::size_t untaken, bool pending
) {
    const std::uint64_t taken = written - std::min<std::uint64_t>(written, untaken);
    if (waits_ && taken > taken_) {
        last_taken_ = now;
    }
    taken_ = std::max(taken_, taken);
    waits_ = untaken > 0 || pending;
}

}  // namespace telex::server
