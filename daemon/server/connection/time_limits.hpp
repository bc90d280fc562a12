#pragma once
// The time limits of a connection: which are due, and when the next one is.
//
// A round over all connections once a second finds what is due. A limit that ends before the next
// round gets a timer: a connection costs no timer while nothing ends soon, and each limit is kept
// to kGrain.
//
// Owner and thread: the connection's. Time is passed in.
#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::server {

// A value, computed from the state of a connection on each use.
class TimeLimits {
public:
    enum class Limit : std::uint8_t {
        phase,    // of handshake, flushing and lingering
        session,  // hello and idle times
        frame,    // the rest of a frame that has begun
        block,    // publishers are paused
        backlog,  // age of the oldest message that waits
    };

    // A sender that is slower than this is cut off.
    static constexpr std::size_t kMinBytesPerSecond = 1U << 10U;

    // When a frame must be complete: longer frames may take longer.
    static TimePoint frame_end(
        TimePoint began, std::size_t received_bytes, std::chrono::milliseconds timeout
    );

    void set(Limit limit, TimePoint end) { ends_[index(limit)] = end; }

    void set(Limit limit, std::optional<TimePoint> end) {
        if (end) {
            set(limit, *end);
        }
    }

    [[nodiscard]] bool is_due(Limit limit, TimePoint now) const {
        return ends_[index(limit)] <= now;
    }

    // The maximum if no limit is set.
    [[nodiscard]] TimePoint next() const;

private:
    static constexpr std::size_t kLimits = 5;

    static std::size_t index(Limit limit) { return static_cast<std::size_t>(limit); }

    std::array<TimePoint, kLimits> ends_{
        TimePoint::max(), TimePoint::max(), TimePoint::max(), TimePoint::max(), TimePoint::max()
    };
};

// Decides when the timer of a connection has to run.
class LimitTimer {
public:
    static constexpr std::chrono::seconds kRound{1};
    // Also prevents a loop of the timer if a limit that is due has no effect.
    static constexpr std::chrono::milliseconds kGrain{20};

    // Returns when the timer is to run, or nothing if it runs early enough without a change.
    [[nodiscard]] std::optional<TimePoint> watch(TimePoint end, TimePoint now);

    // The timer has run.
    void expired() { set_for_ = TimePoint::max(); }

private:
    TimePoint set_for_ = TimePoint::max();
};

}  // namespace telex::server
