#pragma once
// Ends the wait of a reactor that lingers at its poller.
//
// A time-out of epoll_wait sets a timer of the kernel for each wait, which takes as long as a read
// (in a virtual machine 2 us). This timer is in the poller, and is set again only when less than a
// linger is left: once in a while, however short the waits are. So a wait takes one to two times
// kLinger.
//
// Owner and thread: a reactor's.
#include "base/time.hpp"
#include "net/fd.hpp"
#include "reactor/poller.hpp"

#include <chrono>
#include <cstdint>

namespace telex::reactor {

class LingerTimer final : public Pollable {
public:
    static constexpr std::chrono::milliseconds kLinger{1};

    // Throws std::system_error.
    explicit LingerTimer(Poller& poller);

    // Before a wait.
    void set() { set_at(Clock::now()); }

    // Returns whether it set the kernel's timer.
    bool set_at(TimePoint now);

    // To end the wait is all it does.
    void on_ready(std::uint32_t /*events*/) override {}

private:
    net::UniqueFd timer_;
    TimePoint end_;
};

}  // namespace telex::reactor
