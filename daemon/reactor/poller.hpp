#pragma once
// The reactor's own epoll set for everything on the data path.
//
// Each descriptor is registered once, edge-triggered, for all events: no system call re-arms it,
// and a reader that stopped early (budget, back-pressure) must come back by itself. Asio watches
// the set as one descriptor (see reactor.hpp); Asio 1.22 costs an extra recv per read and a re-arm
// per wait where this costs neither.
#include "net/fd.hpp"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace telex::reactor {

// Something with a descriptor in the set. Must stay alive until the end of the turn in which it was
// removed (Reactor::retire keeps it that long).
class Pollable {
public:
    virtual ~Pollable() = default;
    // `events` as epoll_wait reports them.
    virtual void on_ready(std::uint32_t events) = 0;
};

class Poller {
public:
    static constexpr int kEventsPerWait = 256;

    // Throws std::system_error.
    Poller();

    // Returns false and sets errno if the kernel rejects it (out of memory or over the watch
    // limit).
    [[nodiscard]] bool add(int fd, Pollable& pollable);
    // Also withdraws the events of this wait that were not handled yet.
    void remove(int fd, const Pollable& pollable);

    // Waits until something is ready, `time` at most (-1: for ever), and returns how many events
    // there are. Call handle() before the next wait: an edge is reported once.
    int wait(std::chrono::milliseconds time);
    void handle();

    // Whether the events to handle are one, of this.
    bool has_only(const Pollable& pollable) const {
        return count_ == 1 && events_[0].data.ptr == &pollable;
    }

    // wait() in three steps, for an owner that lets another thread add and remove during sleep().
    void begin_sleep() { asleep_ = true; }

    int sleep(std::chrono::milliseconds time);
    // `seen`: the result of sleep(). Withdraws the events of what was removed meanwhile.
    int end_sleep(int seen);

    int descriptor() const { return epoll_.get(); }

private:
    void withdraw(const Pollable& pollable);

    net::UniqueFd epoll_;
    std::array<epoll_event, kEventsPerWait> events_{};
    int current_ = 0;
    int count_ = 0;
    bool asleep_ = false;
    std::vector<const Pollable*> removed_asleep_;
};

}  // namespace telex::reactor
