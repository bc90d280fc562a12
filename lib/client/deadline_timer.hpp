#pragma once
// The deadlines of a connection, and one Asio timer for all of them. I/O thread only.
#include "base/time.hpp"
#include "client/request_table.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace telex::client {

// The earlier of two times, if any.
inline std::optional<TimePoint> earlier(
    std::optional<TimePoint> left, std::optional<TimePoint> right
) {
    return left && right ? std::min(*left, *right) : (left ? left : right);
}

struct Deadlines {
    std::optional<TimePoint> attempt;  // of the current attempt, until Welcome
    std::optional<TimePoint> retry;    // the next attempt
    std::optional<TimePoint> linger;   // the client closes

    std::optional<TimePoint> earliest() const {
        return earlier(earlier(attempt, retry), linger);
    }
};

class DeadlineTimer {
public:
    // `on_due` is called at the armed time, possibly early: a deadline that moved away costs one
    // idle call.
    DeadlineTimer(asio::io_context& io, std::function<void()> on_due)
        : timer_(io), on_due_(std::move(on_due)) {}

    // Arms the timer for `next` unless it is armed for an earlier time.
    void arm(std::optional<TimePoint> next);

    void cancel() { timer_.cancel(); }

private:
    asio::steady_timer timer_;
    const std::function<void()> on_due_;
    TimePoint armed_for_ = TimePoint::max();
};

}  // namespace telex::client
