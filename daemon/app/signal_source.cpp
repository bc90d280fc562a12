#include "app/signal_source.hpp"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

namespace telex::app {
namespace {

constexpr std::array kSignals{SIGTERM, SIGINT, SIGHUP};

net::UniqueFd open_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : kSignals) {
        sigaddset(&set, number);
    }
    net::UniqueFd opened(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!opened) {
        throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
    }
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return opened;
}

}  // namespace

SignalSource::SignalSource(asio::io_context& context, Handlers handlers)
    : signals_(context, open_signals().release()), handlers_(std::move(handlers)) {
    watch();
}

void SignalSource::watch() {
    signals_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [this](const asio::error_code& error) {
            if (!error) {
                take();
                watch();
            }
        }
    );
}

void SignalSource::take() {
    std::array<signalfd_siginfo, kSignals.size()> read{};
    const ssize_t bytes = ::read(signals_.native_handle(), read.data(), sizeof read);
    if (bytes <= 0) {
        return;  // EAGAIN: a debugger took it
    }
    const auto taken = std::span(read).first(static_cast<std::size_t>(bytes) / sizeof read[0]);
    bool reload = false;
    for (const signalfd_siginfo& info : taken) {
        const int number = static_cast<int>(info.ssi_signo);
        if (number == SIGHUP) {
            reload = true;
        } else {
            handlers_.stop(number);
        }
    }
    if (reload) {
        handlers_.reload();
    }
}

}  // namespace telex::app
