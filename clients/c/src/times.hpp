#pragma once
// Time-outs of telex.h.
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace telex::c {

// Returns `timeout`, or `otherwise` if it is negative.
inline std::chrono::milliseconds time_or(
    std::int64_t timeout, std::chrono::milliseconds otherwise
) {
    constexpr auto kLongest = std::chrono::milliseconds(std::chrono::years(1));
    return timeout < 0 ? otherwise : std::min(std::chrono::milliseconds(timeout), kLongest);
}

}  // namespace telex::c
