#pragma once
// The time at which a message was due, in the first bytes of its payload. Measuring from there
// counts the delay of a publisher that is late, too. Only within one process: the clock is
// monotonic.
#include "base/time.hpp"

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

inline constexpr std::size_t kDueTimeBytes = sizeof(Clock::rep);

// `payload` has at least kDueTimeBytes.
inline void set_due_time(std::string& payload, TimePoint due) {
    const Clock::rep count = due.time_since_epoch().count();
    std::memcpy(payload.data(), &count, kDueTimeBytes);
}

// Returns nothing for a payload that is too short.
inline std::optional<TimePoint> due_time(std::string_view payload) {
    if (payload.size() < kDueTimeBytes) {
        return std::nullopt;
    }
    Clock::rep count = 0;
    std::memcpy(&count, payload.data(), kDueTimeBytes);
    return TimePoint(Clock::duration(count));
}

}  // namespace telex::cli
