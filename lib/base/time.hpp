#pragma once
// The clock of time-outs, limits and measurements, which never goes back, and those of used
// processor time.
#include <chrono>
#include <ctime>

namespace telex {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

// Processor time by a clock of a thread or process; nothing if the clock is gone.
inline std::chrono::nanoseconds cpu_time(clockid_t clock) {
    timespec used{};
    if (::clock_gettime(clock, &used) != 0) {
        return {};
    }
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace telex
