#pragma once
// The clock of time-outs, limits and measurements; it never goes back.
#include <chrono>

namespace telex {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

}  // namespace telex
