#pragma once
// Waits for what ends a command: a notification, SIGINT, SIGTERM or SIGHUP, a closed output, or a
// time-out.
//
// The constructor blocks the signals, for this thread and those that it starts: a command creates
// its one SignalWaiter before its first thread. After the first signal the default actions are
// restored, so that a second Ctrl-C ends the process.
#include "net/fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace telex::cli {

enum class Wake : std::uint8_t { notified, interrupted, output_closed, timed_out };

enum class Watch : std::uint8_t { signals_only, output_too };

class SignalWaiter {
public:
    SignalWaiter();
    SignalWaiter(const SignalWaiter&) = delete;
    SignalWaiter& operator=(const SignalWaiter&) = delete;

    // Any thread. Each notification ends at least one wait.
    void notify();

    Wake wait(
        std::optional<std::chrono::milliseconds> timeout = std::nullopt,
        Watch watch = Watch::output_too
    );

    // Waits until `fd` is readable. Returns false if a signal arrived first.
    bool wait_readable(int fd);

    // Returns whether a signal has arrived. Does not wait.
    bool interrupted();

    // Restores the default actions of the signals, for work that needs no cleanup.
    static void release();

private:
    void take_signal();

    net::UniqueFd signals_;
    net::UniqueFd notifications_;
    bool interrupted_ = false;
};

}  // namespace telex::cli
