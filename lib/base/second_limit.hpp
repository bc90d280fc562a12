#pragma once
// Limits events that peers can cause at will to a number per second, and counts the rest.
//
// Any thread.
#include "base/time.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace telex {

class SecondLimit {
public:
    // Returns true for the first `per_second` events in the second of `now`, and sets `suppressed`
    // to the number of events rejected since the last accepted one.
    [[nodiscard]] bool admit(std::uint32_t per_second, std::uint64_t& suppressed, TimePoint now) {
        const std::int64_t second =
            std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        if (second_.exchange(second, std::memory_order_relaxed) != second) {
            admitted_.store(0, std::memory_order_relaxed);
        }
        if (admitted_.fetch_add(1, std::memory_order_relaxed) >= per_second) {
            suppressed_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        suppressed = suppressed_.exchange(0, std::memory_order_relaxed);
        return true;
    }

private:
    std::atomic<std::int64_t> second_{0};
    std::atomic<std::uint32_t> admitted_{0};
    std::atomic<std::uint64_t> suppressed_{0};
};

}  // namespace telex
