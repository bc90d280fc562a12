// Many clients that say little: each sends a message a second to the next one. A server cannot
// join their messages, so this shows what a wake-up, a read and a write cost.
#include "handshake.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

// The same length for all.
std::string beat_of(std::size_t client) {
    return "beat." + std::to_string(1'000'000 + client);
}

class Beats {
public:
    explicit Beats(const Load& load)
        : load_(load),
          clients_(load.subscribers),
          delivery_bytes_(load.protocol.delivery_bytes(beat_of(0), std::string(load.size, 'x'))),
          poller_(::epoll_create1(EPOLL_CLOEXEC)),
          timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)),
          buffer_(delivery_bytes_) {
        connect();
        watch(timer_, clients_);
    }

    ~Beats() {
        ::close(timer_);
        ::close(poller_);
    }

    Beats(const Beats&) = delete;
    Beats& operator=(const Beats&) = delete;

    std::vector<double> run() {
        const std::size_t all = load_.messages * clients_;
        took_.reserve(all);
        start_timer();
        std::array<epoll_event, 64> events;
        while (took_.size() < all) {
            const int ready =
                ::epoll_wait(poller_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i) {
                const std::size_t client = events[static_cast<std::size_t>(i)].data.u64;
                if (client == clients_) {
                    send_due(all);
                } else {
                    receive(client);
                }
            }
        }
        return std::move(took_);
    }

private:
    void connect() {
        const std::string payload(load_.size, 'x');
        for (std::size_t i = 0; i < clients_; ++i) {
            sockets_.emplace_back(load_.target);
            subscribe(load_.protocol, sockets_.back(), beat_of(i));
            messages_.push_back(load_.protocol.publish(beat_of((i + 1) % clients_), payload));
            watch(sockets_.back().fd(), i);
        }
        sent_at_.resize(clients_);
        missing_.resize(clients_, delivery_bytes_);
    }

    void watch(int fd, std::size_t number) const {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
        ::epoll_ctl(poller_, EPOLL_CTL_ADD, fd, &event);
    }

    // One tick for each message.
    void start_timer() const {
        const auto tick = static_cast<long>(1'000'000'000 / clients_);
        const itimerspec every{.it_interval = {0, tick}, .it_value = {0, tick}};
        ::timerfd_settime(timer_, 0, &every, nullptr);
    }

    void send_due(std::size_t all) {
        std::uint64_t ticks = 0;
        if (::read(timer_, &ticks, sizeof ticks) != sizeof ticks) {
            fail("cannot read the timer");
        }
        for (; ticks > 0 && sent_ < all; --ticks) {
            const std::size_t client = sent_++ % clients_;
            sent_at_[(client + 1) % clients_] = Clock::now();
            sockets_[client].send_all(messages_[client]);
        }
    }

    void receive(std::size_t client) {
        missing_[client] -= sockets_[client].receive(buffer_.data(), missing_[client]);
        if (missing_[client] == 0) {
            const auto time = Clock::now() - sent_at_[client];
            took_.push_back(std::chrono::duration<double, std::micro>(time).count());
            missing_[client] = delivery_bytes_;
        }
    }

    const Load& load_;
    std::size_t clients_;
    std::size_t delivery_bytes_;
    int poller_;
    int timer_;
    std::vector<char> buffer_;
    std::vector<Socket> sockets_;
    std::vector<std::string> messages_;
    // By receiver.
    std::vector<Clock::time_point> sent_at_;
    std::vector<std::size_t> missing_;
    std::vector<double> took_;
    std::size_t sent_ = 0;
};

}  // namespace

std::vector<double> run_beats(const Load& load) {
    return Beats(load).run();
}

}  // namespace telex::bench
