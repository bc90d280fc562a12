#pragma once
// Why a command ends: it is done, Ctrl-C (or TERM, HUP), the reader of its output went away, or
// time is up. All four can be waited for at once.
//
// The signals are taken as events from the construction on, and by no other thread: so the one Stop
// of a command is made before its first thread. After the first signal they have their usual effect
// again: a second Ctrl-C ends the process whatever it does.
#include "net/fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace telex::cli {

enum class Wake : std::uint8_t { notified, interrupted, output_closed, timed_out };

enum class Watch : std::uint8_t { signals_only, output_too };

class Stop {
public:
    Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    // May be called by any thread; every notification ends one wait at least.
    void notify();

    Wake wait(
        std::optional<std::chrono::milliseconds> timeout = std::nullopt,
        Watch watch = Watch::output_too
    );

    // Waits until `fd` can be read. False: interrupted.
    bool wait_readable(int fd);

    // Has a signal arrived? Does not wait.
    bool interrupted();

    // Signals have their usual effect from now on; for work that nothing has to be cleaned up
    // after.
    static void release();

private:
    void take_signal();

    net::UniqueFd signals_;
    net::UniqueFd notifications_;
    bool interrupted_ = false;
};

}  // namespace telex::cli
