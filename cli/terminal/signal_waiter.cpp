#include "cli/terminal/signal_waiter.hpp"

#include "base/time.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <limits>
#include <system_error>

namespace telex::cli {
namespace {

sigset_t end_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

net::UniqueFd checked(int fd) {
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
    }
    return net::UniqueFd(fd);
}

net::UniqueFd open_signals() {
    const sigset_t set = end_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int poll_time(std::optional<TimePoint> deadline) {
    if (!deadline) {
        return -1;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

}  // namespace

SignalWaiter::SignalWaiter()
    : signals_(open_signals()), notifications_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {}

void SignalWaiter::notify() {
    // Fails only if 2^64 notifications are pending, which end the wait too.
    [[maybe_unused]] const int written = ::eventfd_write(notifications_.get(), 1);
}

Wake SignalWaiter::wait(std::optional<std::chrono::milliseconds> timeout, Watch watch) {
    std::optional<TimePoint> deadline;
    // More than a year means no deadline; it could overflow the clock.
    if (timeout && *timeout < std::chrono::hours(24 * 365)) {
        deadline = Clock::now() + *timeout;
    }
    for (;;) {
        // Errors on standard output are reported without a requested event. poll ignores a negative
        // descriptor.
        std::array<pollfd, 3> waits{{
            {signals_.get(), POLLIN, 0},
            {notifications_.get(), POLLIN, 0},
            {watch == Watch::output_too ? STDOUT_FILENO : -1, 0, 0},
        }};
        const int ready = ::poll(waits.data(), waits.size(), poll_time(deadline));
        if (ready == 0) {
            return Wake::timed_out;
        }
        if (ready < 0) {
            continue;
        }
        if (waits[0].revents != 0) {
            take_signal();
            return Wake::interrupted;
        }
        if (waits[1].revents != 0) {
            eventfd_t count = 0;
            [[maybe_unused]] const int taken = ::eventfd_read(notifications_.get(), &count);
            return Wake::notified;
        }
        return Wake::output_closed;
    }
}

bool SignalWaiter::wait_readable(int fd) {
    for (;;) {
        std::array<pollfd, 2> waits{{{signals_.get(), POLLIN, 0}, {fd, POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0) {
            continue;
        }
        if (waits[0].revents != 0) {
            take_signal();
            return false;
        }
        return true;
    }
}

bool SignalWaiter::interrupted() {
    pollfd wait{signals_.get(), POLLIN, 0};
    if (!interrupted_ && ::poll(&wait, 1, 0) > 0) {
        take_signal();
    }
    return interrupted_;
}

void SignalWaiter::take_signal() {
    interrupted_ = true;
    signalfd_siginfo info{};
    [[maybe_unused]] const ssize_t taken = ::read(signals_.get(), &info, sizeof info);
    release();
}

void SignalWaiter::release() {
    const sigset_t set = end_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace telex::cli
