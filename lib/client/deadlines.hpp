#pragma once
// Arithmetic of deadlines. Pure.
#include "base/time.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace telex::client {

// Returns `now` plus `timeout`, which is limited to a year: longer than any useful wait, short
// enough not to overflow a clock.
inline TimePoint deadline(TimePoint now, std::chrono::milliseconds timeout) {
    constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
    return now + std::clamp(timeout, std::chrono::milliseconds(0), kLongest);
}

// The same from now on.
inline TimePoint deadline_after(std::chrono::milliseconds timeout) {
    return deadline(Clock::now(), timeout);
}

// The earlier of two times, if any.
inline std::optional<TimePoint> earlier(
    std::optional<TimePoint> left, std::optional<TimePoint> right
) {
    return left && right ? std::min(*left, *right) : (left ? left : right);
}

}  // namespace telex::client
