#pragma once
// One Asio timer for all deadlines of a connection. I/O thread only.
#include "base/time.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace telex::client {

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
