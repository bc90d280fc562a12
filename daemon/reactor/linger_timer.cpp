#include "reactor/linger_timer.hpp"

#include <sys/timerfd.h>

#include <cerrno>
#include <system_error>

namespace telex::reactor {

LingerTimer::LingerTimer(Poller& poller)
    : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (!timer_ || !poller.add(timer_.get(), *this)) {
        throw std::system_error(errno, std::generic_category(), "timerfd");
    }
}

bool LingerTimer::set_at(TimePoint now) {
    if (end_ - now >= kLinger) {
        return false;
    }
    end_ = now + 2 * kLinger;
    const itimerspec once{
        .it_interval = {},
        .it_value = {0, std::chrono::nanoseconds(2 * kLinger).count()},
    };
    // Cannot fail with these arguments.
    (void)::timerfd_settime(timer_.get(), 0, &once, nullptr);
    return true;
}

}  // namespace telex::reactor
