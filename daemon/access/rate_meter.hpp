#pragma once
// A token bucket that many threads draw from, as one number: the time up to which everything drawn
// is paid for (the generic cell rate algorithm, ITU-T I.371). It holds what one second brings.
//
// A drawer may go into debt and must then wait until it is paid: bytes that have arrived are not
// discarded.
#include "base/time.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace telex::access {

class RateMeter {
public:
    // Returns how long to wait before drawing more; zero if there is no need. `per_second` is not
    // zero.
    std::chrono::nanoseconds draw(std::uint64_t amount, std::uint64_t per_second, TimePoint now) {
        const std::int64_t time =
            std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
        const double cost = static_cast<double>(amount) * kSecond / static_cast<double>(per_second);
        std::int64_t before = paid_until_.load(std::memory_order_relaxed);
        std::int64_t after = 0;
        do {
            after = std::max(before, time - kSecond) + static_cast<std::int64_t>(cost);
        } while (!paid_until_.compare_exchange_weak(before, after, std::memory_order_relaxed));
        return std::chrono::nanoseconds(std::max<std::int64_t>(0, after - time));
    }

    // Returns how much may be drawn without a wait.
    std::uint64_t available(std::uint64_t per_second, TimePoint now) const {
        const std::int64_t time =
            std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
        const std::int64_t paid_until =
            std::max(paid_until_.load(std::memory_order_relaxed), time - kSecond);
        const double left = static_cast<double>(std::max<std::int64_t>(0, time - paid_until));
        return static_cast<std::uint64_t>(left * static_cast<double>(per_second) / kSecond);
    }

private:
    static constexpr std::int64_t kSecond = 1'000'000'000;

    std::atomic<std::int64_t> paid_until_{INT64_MIN / 2};
};

}  // namespace telex::access
