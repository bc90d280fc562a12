#pragma once
// The rate at which RocksDB may write flushes and compactions. A flush at full speed delays the
// syncs of commits beside it; one below the rate of commits would stop them. So it gets one and a
// half times the rate of the last second, and at least a floor.
#include "base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace telex::store {

// One thread.
class FlushPace {
public:
    static constexpr std::int64_t kFloor = std::int64_t{96} * 1024 * 1024;  // bytes per second

    // Returns the new rate when it has to change.
    std::optional<std::int64_t> note(std::uint64_t written, TimePoint now) {
        bytes_ += static_cast<std::int64_t>(written);
        const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - since_);
        if (elapsed < std::chrono::seconds(1)) {
            return std::nullopt;
        }
        const std::int64_t per_second = bytes_ * 1000 / elapsed.count();
        since_ = now;
        bytes_ = 0;
        // Falls slowly: flushes still have to write what came during a burst.
        const std::int64_t rate = std::max({kFloor, per_second + per_second / 2, rate_ * 7 / 8});
        if (rate == rate_) {
            return std::nullopt;
        }
        rate_ = rate;
        return rate_;
    }

    std::int64_t rate() const { return rate_; }

private:
    std::int64_t rate_ = 2 * kFloor;
    std::int64_t bytes_ = 0;
    TimePoint since_{};
};

}  // namespace telex::store
