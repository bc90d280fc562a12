#pragma once
// Whether the peer takes what is written to it. That it does is a sign of life: its Pong cannot
// come before everything that was written ahead of the Ping.
//
// Compares two observations. Bytes written while the queue was empty do not count: the peer's
// kernel accepts them without the peer.
//
// Owner and thread: the connection's. Time is passed in.
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::server {

class SendProgress {
public:
    // Returns true if there may be news: then observe() follows. Spares a system call for idle
    // connections. `written`: bytes since the beginning; `pending`: some wait to be written.
    [[nodiscard]] bool needs_observation(std::uint64_t written, bool pending);
    // `untaken`: bytes that were written, and that the peer's system has not taken.
    void observe(TimePoint now, std::uint64_t written, std::size_t untaken, bool pending);

    // When the peer last received a part of a backlog, as far as known. The epoch: never.
    TimePoint last_taken() const { return last_taken_; }

private:
    std::uint64_t taken_ = 0;
    bool waits_ = false;  // something was left to take at the last observation
    TimePoint last_taken_{};
};

}  // namespace telex::server
